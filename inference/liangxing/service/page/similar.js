// Similar judged cases, where the service has an index of them.

import { chinese, el } from './dom.js';
import { language, t, words } from './i18n.js';
import { nameOf, penaltyText, percentText } from './terms.js';

/** Fills `host` with the neighbours. */
export function renderSimilar(host, answer, names) {
  const rows = answer.neighbours.map((neighbour) => el('tr', {},
    el('th', { scope: 'row' }, neighbour.id,
      neighbour.text ? el('details', {}, el('summary', {}, t('trace.evidence')), chinese(neighbour.text, 'p')) : ''),
    el('td', {}, percentText(Math.max(neighbour.similarity, 0))),
    el('td', {}, chinese(neighbour.charges.join('、')), ' ', neighbour.penalty ? penaltyText(neighbour.penalty) : t('none'),
      neighbour.suspension ? `${language() === 'zh' ? '，' : ', '}${t('result.suspension')}` : ''),
    el('td', {}, differences(neighbour.differs, names))));
  host.replaceChildren(
    el('h2', {}, t('similar.title')),
    el('p', { class: 'soft' }, t('similar.intro')),
    rows.length
      ? el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('similar.title') },
        el('table', {}, el('thead', {}, el('tr', {}, ['case', 'similarity', 'verdict', 'differs'].map(
          (name) => el('th', { scope: 'col' }, t(`similar.${name}`))))), el('tbody', {}, rows)))
      : el('p', {}, t('similar.none')),
    answer.warnings.length ? el('ul', { class: 'warnings' }, answer.warnings.map((each) => chinese(each, 'li'))) : '',
  );
}

function differences(differs, names) {
  const told = { yes: 'whatif.yes', no: 'whatif.no', not_stated: 'whatif.unset' };
  const number = (value, id) => (value === null ? t('whatif.unset')
    : `${value.toLocaleString('en-US')}${words(names.quantities[id]?.unit)}`);
  return [
    ...differs.circumstances.map((each) => `${nameOf(names, each.id)}: ${t(told[each.query])} / ${t(told[each.neighbour])}`),
    ...differs.quantities.map((each) => `${nameOf(names, each.id)}: ${number(each.query, each.id)} / ${number(each.neighbour, each.id)}`),
  ].map((text) => el('div', {}, text));
}

// The facts with their evidence marked. Spans count characters of Unicode, as the service does.

import { chinese, el } from './dom.js';
import { t } from './i18n.js';
import { nameOf, quantityText } from './terms.js';

const WAYS = ['heavier', 'lighter', 'open', 'quantity'];

/** What is marked: {start, end, way, label} of every circumstance and quantity with evidence. */
function spansOf(prediction, names) {
  const circumstances = prediction.circumstances.map((each) => {
    const way = names.circumstances[each.id]?.way ?? 'open';
    const label = nameOf(names, each.id) + (each.value === 'no' ? `（${t('whatif.no')}）` : '');
    return { ...each.evidence, way: each.value === 'no' ? 'open' : way, label, found: each.evidence };
  });
  const quantities = prediction.quantities.map((each) => ({
    ...each.evidence,
    way: 'quantity',
    label: `${nameOf(names, each.id)} ${quantityText(names, each.id, each.value)}`,
    found: each.evidence,
  }));
  return [...circumstances, ...quantities].filter((span) => span.found);
}

/** Fills `host` with the facts, evidence marked and named. */
export function renderFacts(host, fact, prediction, names) {
  const letters = Array.from(fact);
  const spans = spansOf(prediction, names);
  const edges = [...new Set([0, letters.length, ...spans.flatMap((span) => [span.start, span.end])])]
    .filter((edge) => edge <= letters.length)
    .sort((one, other) => one - other);
  const parts = edges.slice(0, -1).flatMap((from, index) => {
    const to = edges[index + 1];
    const text = letters.slice(from, to).join('');
    const covering = spans.filter((span) => span.start <= from && span.end >= to);
    if (!covering.length) return [text];
    const way = WAYS.find((each) => covering.some((span) => span.way === each));
    const mark = el('mark', { class: way, 'data-from': from, 'data-to': to }, text);
    const ending = covering.filter((span) => span.end === to);
    return [mark, ending.length
      ? el('span', { class: `tag ${way}` }, [...new Set(ending.map((span) => span.label))].join(' · '))
      : ''];
  });
  host.replaceChildren(chinese('', 'div', { class: 'facts' }));
  host.firstChild.append(...parts);
}

/** The legend of the ways that are marked. */
export function legend() {
  return el('ul', { class: 'legend', 'aria-label': t('legend.label') },
    WAYS.map((way) => el('li', {}, el('mark', { class: way }, t(`legend.${way}`)))));
}

/** Shows the marks of a span and lets them flash; returns whether there are any. */
export function showEvidence(host, { start, end }) {
  const marks = [...host.querySelectorAll('mark[data-from]')].filter(
    (mark) => Number(mark.dataset.from) >= start && Number(mark.dataset.to) <= end);
  for (const mark of host.querySelectorAll('.shown')) mark.classList.remove('shown');
  for (const mark of marks) mark.classList.add('shown');
  marks[0]?.scrollIntoView({ block: 'center' });
  return marks.length > 0;
}

// The recommendation sheet for print, and the Word documents; what the case does not say is blank.

import * as api from './api.js';
import { chinese, el } from './dom.js';
import { language, t } from './i18n.js';
import { suspensionText } from './result.js';
import { penaltyText, rangeText, verifiedText, yuanText } from './terms.js';
import { ruleText } from './trace.js';

const REASONS = ['从旧兼从轻', '法定刑幅度', '减轻处罚', '免除处罚', '不适用死刑', '数罪并罚', '与前罪并罚', '量刑情节'];
const DRAFTS = ['recommendation', 'plea-statement', 'worksheet'];

const blank = (wide = false) => el('span', { class: wide ? 'blank wide' : 'blank' });

/** Fills `host`. */
export function renderSheet(host, { given, options, prediction }) {
  host.replaceChildren(
    el('div', { class: 'bar no-print' },
      el('h2', {}, t('sheet.title')),
      el('button', { type: 'button', id: 'print', onclick: () => window.print() }, t('sheet.print'))),
    documents(given, options),
    paper(given, prediction),
  );
}

function documents(given, options) {
  const note = el('p', { class: 'soft', 'aria-live': 'polite' });
  const none = !given.charges?.length;
  if (none) note.textContent = t('sheet.docx.charge');
  return el('div', { class: 'documents no-print' }, el('span', {}, t('sheet.docx')), DRAFTS.map((kind) =>
    el('button', {
      type: 'button', disabled: none, 'data-kind': kind,
      onclick: async () => {
        note.textContent = '';
        try {
          save(await api.draft(kind, given, options), `${t(`sheet.docx.${kind}`)}.docx`);
        } catch (problem) {
          note.textContent = problem.words ?? String(problem);
        }
      },
    }, t(`sheet.docx.${kind}`))), note);
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = el('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(address);
}

function paper(given, prediction) {
  const { bounds, fine, suspension, model } = prediction;
  const row = (name, ...content) => el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, ...content));
  const reasons = prediction.trace.filter((step) => REASONS.includes(step.step));
  const range = bounds.guideline ?? bounds.statutory;
  return el('article', { class: 'paper' },
    el('h3', {}, t('sheet.heading')),
    el('p', { class: 'note' }, t('sheet.note')),
    el('table', { class: 'form' }, el('tbody', {},
      row(t('sheet.number'), given.id ?? blank(true)),
      row(t('sheet.defendant'), given.defendant ? chinese(given.defendant) : blank(true)),
      row(t('sheet.charge'), given.charges?.length ? chinese(given.charges.join('、')) : blank(true)),
      row(t('sheet.stage'), given.stage ? t(`stage.${given.stage}`) : blank(true)),
      row(t('sheet.main'), el('strong', {}, penaltyText(prediction.penalty))),
      row(t('sheet.range'), rangeText(range), ' ',
        el('small', {}, t(bounds.guideline ? 'result.guideline' : 'result.statutory'))),
      row(t('sheet.fine'), fine && fine.yuan > 0
        ? t('sheet.fine.value', { yuan: yuanText(fine.yuan), low: yuanText(fine.low), high: yuanText(fine.high) })
        : blank(true)),
      row(t('sheet.suspension'), suspensionText(suspension)),
      row(t('sheet.additional'), prediction.additional_penalties.length
        ? prediction.additional_penalties.map((each) => chinese(`${each.kind}（${each.basis}）`, 'div')) : blank(true)))),
    el('h4', {}, t('sheet.reasons')),
    reasons.length ? el('ol', {}, reasons.map((step) => el('li', {},
      chinese(`${step.step}：${ruleText(step)}【${step.source}】`),
      step.verified === true ? '' : `${language() === 'zh' ? '（' : ' ('}${verifiedText(step.verified)}${language() === 'zh' ? '）' : ')'}`)))
      : el('p', {}, blank(true)),
    prediction.warnings.length ? [el('h4', {}, t('sheet.warnings')),
      el('ul', {}, prediction.warnings.map((warning) => chinese(warning, 'li')))] : '',
    el('h4', {}, t('sheet.opinion')),
    el('p', {}, blank(true)),
    el('p', { class: 'sign' }, ['sign', 'date'].map((name) => el('span', {}, `${t(`sheet.${name}`)} `, blank()))),
    el('p', { class: 'note' }, t('sheet.model', {
      name: model.name, version: model.version, sha: model.sha256.slice(0, 12),
    })));
}

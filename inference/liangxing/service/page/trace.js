// The reasoning, step by step, with sources and whether they were verified.

import { chinese, el } from './dom.js';
import { t } from './i18n.js';
import { stepText, verifiedClass, verifiedText } from './terms.js';

/** The mark of a step: whether its source was read. */
export const verifiedMark = (step) =>
  el('span', { class: `verified ${verifiedClass(step.verified)}` }, verifiedText(step.verified));

/** The rule of a step without the note on what does not count beside it. */
export const ruleText = (step) =>
  step.rule.split('；').filter((part) => !part.includes('不重复评价')).join('；');

/** An ordered list of steps; `onEvidence` is called with the span of a step's evidence. */
export function traceList(steps, onEvidence) {
  return el('ol', { class: 'trace' }, steps.map((step) => {
    const before = stepText(step.before);
    const after = stepText(step.after);
    const moved = before && after && before !== after ? `${before} → ${after}` : after || before;
    return el('li', {},
      el('div', { class: 'step' }, chinese(step.step, 'strong'), moved ? el('span', { class: 'months' }, moved) : ''),
      chinese(step.rule, 'p'),
      el('p', { class: 'source' }, chinese(step.source), ' ', verifiedMark(step)),
      step.evidence && onEvidence
        ? el('p', { class: 'evidence' }, el('button', {
          type: 'button', class: 'quote', onclick: () => onEvidence(step.evidence),
        }, `${t('trace.evidence')} `, chinese(`“${step.evidence.text}”`)))
        : '');
  }));
}

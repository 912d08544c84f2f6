// The headline of a prediction: the penalty in words, what stands beside it, and the warnings.

import { chinese, el } from './dom.js';
import { language, t } from './i18n.js';
import { penaltyText, percentText, rangeText, yuanText } from './terms.js';

const item = (name, ...content) => el('div', {}, el('dt', {}, name), el('dd', {}, ...content));

/** Whether the law allows suspension, and for how long. */
export function suspensionText(suspension) {
  if (!suspension.eligible) return t('result.suspension.no');
  const { probation_months: probation, probability } = suspension;
  const parts = [t('result.suspension.yes')];
  if (probation) parts.push(t('result.suspension.probation', { range: rangeText(probation) }));
  if (probability !== null) parts.push(t('result.suspension.probability', { percent: percentText(probability) }));
  return parts.join(language() === 'zh' ? '，' : ', ');
}

function fineText(fine) {
  if (!fine || fine.high <= 0) return t('result.fine.none');
  const yuan = `${yuanText(fine.yuan)}${language() === 'zh' ? '元' : ' yuan'}`;
  return [yuan, el('small', {}, t('result.fine.range', { low: yuanText(fine.low), high: yuanText(fine.high) }))];
}

function chargeText(charge) {
  return [chinese(charge.name), el('small', {}, percentText(charge.probability))];
}

/** Definitions beside the chart: charges, suspension, fine, additional penalties, articles. */
export function facets(given, prediction) {
  const named = given.charges ?? [];
  const likely = prediction.charges.filter((charge, index) => !index || charge.probability >= 0.05);
  const articles = prediction.articles.filter((article) => article.probability >= 0.3);
  return el('dl', { class: 'facets' },
    named.length
      ? item(t('result.charge.given'), chinese(named.join('、')))
      : item(t('result.charge.predicted'), likely.slice(0, 3).map((charge) => el('span', { class: 'likely' }, chargeText(charge)))),
    item(t('result.suspension'), suspensionText(prediction.suspension)),
    item(t('result.fine'), fineText(prediction.fine)),
    item(t('result.additional'), prediction.additional_penalties.length
      ? prediction.additional_penalties.map((each) => el('span', { class: 'likely' }, chinese(each.kind), el('small', {}, chinese(each.basis))))
      : t('result.additional.none')),
    articles.length
      ? item(t('result.articles'), articles.map((article) => el('span', { class: 'likely' },
        t('result.article', { name: article.name }), el('small', {}, percentText(article.probability)))))
      : '');
}

/** The penalty in words, with the interval under it. */
export function headline(prediction) {
  const { interval } = prediction;
  return el('div', { class: 'headline' },
    el('p', { class: 'eyebrow' }, t('result.penalty')),
    el('p', { class: 'penalty' }, penaltyText(prediction.penalty)),
    el('p', { class: 'beside' }, `${t('result.interval')} `, el('strong', {}, rangeText(interval)), ' ',
      el('span', { class: 'soft' }, t('result.interval.help', { level: percentText(interval.level) }))));
}

/** Warnings of the service, as it words them. */
export function warningList(warnings) {
  if (!warnings.length) return '';
  return el('div', { class: 'warnings' }, el('h3', {}, t('result.warnings')),
    el('ul', {}, warnings.map((warning) => chinese(warning, 'li'))));
}

/** Which model said so. */
export function modelLine(model) {
  return el('p', { class: 'soft model' },
    `${t('result.model')} ${model.name} ${model.version} · `, el('code', {}, model.sha256.slice(0, 12)));
}

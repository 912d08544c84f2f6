// Months, ranges and penalties in words of the current language.

import { language, t, words } from './i18n.js';

const plain = (number, digits = 1) => String(Number(number.toFixed(digits)));

/** Months as years and months; figures that are no half months stay months with one digit. */
export function monthsText(months) {
  const zh = language() === 'zh';
  if (!Number.isInteger(months * 2)) return zh ? `${plain(months)}个月` : `${plain(months)} months`;
  const years = Math.floor(months / 12);
  const rest = months % 12;
  if (zh) {
    const whole = Math.floor(rest);
    const parts = [years && `${years}年`, whole && `${whole}个月`, rest % 1 && '15日'];
    return parts.filter(Boolean).join('') || '0';
  }
  const unit = (count, name) => count && `${count} ${name}${count === 1 ? '' : 's'}`;
  return [unit(years, 'year'), unit(rest, 'month')].filter(Boolean).join(' ') || '0';
}

/** A range of months with life and death where they are open; "none" for an empty one. */
export function rangeText(range) {
  if (!range) return t('none');
  const parts = [];
  if (range.low !== null && range.low !== undefined && range.high !== null) {
    parts.push(range.low === range.high
      ? monthsText(range.low)
      : `${monthsText(range.low)}${t('to')}${monthsText(range.high)}`);
  }
  if (range.life) parts.push(t('life'));
  if (range.death) parts.push(t('death'));
  return parts.join(t('and')) || t('none');
}

/** The months of a step of the trace: a range, or one for each count, or a probation period. */
export function stepText(data) {
  if (!data) return '';
  if (Array.isArray(data.counts)) return data.counts.map(stepText).join(' ＋ ');
  if ('probation_low' in data) return rangeText({ low: data.probation_low, high: data.probation_high });
  return 'low' in data || 'high' in data ? rangeText({ low: data.low ?? 0, high: data.high ?? null, life: data.life, death: data.death }) : '';
}

/** A penalty in words: the service's own in Chinese, where it has any. */
export function penaltyText(penalty) {
  const kind = t(`kind.${penalty.kind}`);
  if (language() === 'zh') return penalty.text ?? kind + (penalty.months ? written(penalty.months) : '');
  return penalty.months ? `${kind}, ${monthsText(penalty.months)}` : kind;
}

const DIGITS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

const numeral = (number) => (number < 10 ? DIGITS[number]
  : `${number < 20 ? '' : DIGITS[Math.floor(number / 10)]}十${DIGITS[number % 10]}`);

/** Months at half-month resolution in Chinese numerals, as a judgment writes them. */
function written(months) {
  const years = Math.floor(months / 12);
  const whole = Math.floor(months % 12);
  return [years && `${numeral(years)}年`, whole && `${numeral(whole)}个月`, months % 1 && '十五日']
    .filter(Boolean).join('');
}

/** A penalty short enough for a mark on the axis. */
export const penaltyShort = (penalty) =>
  penalty.months ? monthsText(penalty.months) : t(`kind.${penalty.kind}`);

export function percentText(share) {
  const percent = share * 100;
  if (percent > 0 && percent < 1) return '<1%';
  return `${Math.round(percent)}%`;
}

export const yuanText = (yuan) => Math.round(yuan).toLocaleString('en-US');

/** The name of a circumstance or quantity, the id where it has none. */
export const nameOf = (names, id) =>
  words(names.circumstances[id] ?? names.quantities[id]) || id;

/** A quantity with its unit. */
export function quantityText(names, id, value) {
  const unit = words(names.quantities[id]?.unit);
  const number = Number(value).toLocaleString('en-US', { maximumFractionDigits: 4 });
  return language() === 'zh' || !unit ? `${number}${unit}` : `${number} ${unit}`;
}

/** Whether a mark of verification was fully read in its source. */
export const verifiedClass = (mark) => (mark === true ? 'sure' : 'unsure');

export function verifiedText(mark) {
  const key = `verified.${mark}`;
  const text = t(key);
  return text === key ? t('verified.false') : text;
}

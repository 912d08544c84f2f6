// The switches of a what-if: circumstances as yes, no or not stated, quantities, stage of the plea.

import { el } from './dom.js';
import { language, t, words } from './i18n.js';
import { nameOf } from './terms.js';

export const PLEA_STAGE = 'plea_stage';
/** What is offered on every case, beside what its text states. */
const USUAL = ['surrender', 'confession_basic', 'plea_leniency', 'restitution',
  'compensation_and_forgiveness', 'accessory', 'attempt', 'merit', 'recidivist', 'prior_record'];
const STAGES = [null, 'none', 'investigation', 'prosecution', 'trial'];
const VALUES = [[true, 'yes'], [false, 'no'], [null, 'unset']];

/** What the case states of each thing that can be changed. */
export function statedIn(given, prediction) {
  const stated = new Map();
  for (const each of prediction.circumstances) stated.set(each.id, each.value === 'yes');
  for (const each of prediction.quantities) stated.set(each.id, each.value);
  stated.set(PLEA_STAGE, given.stage ?? null);
  return stated;
}

/** The ids of the switches, circumstances before quantities, those that the text states first. */
export function shownLevers(prediction, added) {
  const stated = (part) => prediction[part].map((each) => each.id);
  return {
    circumstances: [...new Set([...stated('circumstances'), ...USUAL, ...added.circumstances])],
    quantities: [...new Set([...stated('quantities'), ...added.quantities])],
  };
}

function row(id, label, control, changed) {
  return el('div', { class: changed ? 'lever changed' : 'lever', 'data-id': id },
    el('span', { class: 'name', id: `lever-${id}` }, label), control);
}

/** A circumstance as three radio buttons. */
export function circumstanceLever(names, id, value, changed, onChange) {
  return row(id, nameOf(names, id), el('span', {
    class: 'choices', role: 'radiogroup', 'aria-labelledby': `lever-${id}`,
  }, VALUES.map(([choice, word]) => el('label', {},
    el('input', {
      type: 'radio', name: `lever-${id}`, value: word, checked: value === choice,
      onchange: () => onChange(id, choice),
    }), el('span', {}, t(`whatif.${word}`))))), changed);
}

/** A quantity as a number; empty is not stated. */
export function quantityLever(names, id, value, changed, onChange) {
  const unit = words(names.quantities[id]?.unit);
  return row(id, nameOf(names, id), el('span', { class: 'amount' },
    el('input', {
      type: 'number', min: 0, step: 'any', value: value ?? '', inputmode: 'decimal',
      'aria-labelledby': `lever-${id} unit-${id}`, placeholder: t('whatif.quantity.empty'),
      oninput: (event) => {
        const input = event.target;
        const wrong = !input.checkValidity();
        input.toggleAttribute('aria-invalid', wrong);
        if (!wrong) onChange(id, input.value === '' ? null : Number(input.value));
      },
    }), el('span', { class: 'unit', id: `unit-${id}` }, unit)), changed);
}

/** The stage at which the plea is made. */
export function stageLever(value, changed, onChange) {
  return row(PLEA_STAGE, t('whatif.plea'), el('select', {
    'aria-labelledby': `lever-${PLEA_STAGE}`,
    onchange: (event) => onChange(PLEA_STAGE, STAGES[event.target.selectedIndex]),
  }, STAGES.map((stage) => el('option', { selected: stage === value }, t(`stage.${stage}`)))), changed);
}

/** A list of everything that is not shown yet. */
export function addLever(names, shown, onAdd) {
  const missing = (part) => Object.keys(names[part]).filter((id) => !shown[part].includes(id));
  const group = (part) => el('optgroup', { label: t(`whatif.${part}`) }, missing(part)
    .map((id) => [id, nameOf(names, id)])
    .sort((one, other) => one[1].localeCompare(other[1], language() === 'zh' ? 'zh-CN' : 'en'))
    .map(([id, name]) => el('option', { value: `${part}:${id}` }, name)));
  return el('label', { class: 'add' }, el('span', {}, t('whatif.add')), el('select', {
    onchange: (event) => onAdd(...event.target.value.split(':')),
  }, el('option', { value: '' }, t('whatif.choose')), group('circumstances'), group('quantities')));
}

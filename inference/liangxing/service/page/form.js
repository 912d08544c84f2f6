// The case as the user gives it: reading the fields, filling them, and errors beside them.

import { mountChips } from './chips.js';
import { byId, chinese, el } from './dom.js';
import { t } from './i18n.js';

/** The most characters of a fact that the service takes. */
export const LIMIT = 20000;

const SIMPLE = ['stage', 'offence_date', 'judgment_date', 'birth_date', 'detained_from', 'defendant'];
const FIELDS = ['fact', 'charges', ...SIMPLE, 'defendants_count', 'level', 'ladder'];
const HAN = /[\u3400-\u9fff\uf900-\ufaff]/;

const length = (text) => Array.from(text).length;

/** The form; `onChange` is called when the user changes anything. */
export function mountForm({ onChange }) {
  const form = byId('form');
  const chips = mountChips(byId('charges'), byId('charge-list'), changed);

  function changed() {
    count();
    onChange();
  }

  function count() {
    const characters = length(byId('fact').value);
    byId('count').textContent = t('form.count', {
      count: characters.toLocaleString('en-US'), limit: LIMIT.toLocaleString('en-US'),
    });
    byId('count').classList.toggle('over', characters > LIMIT);
  }

  form.addEventListener('input', (event) => {
    if (event.target.id && FIELDS.includes(event.target.id)) clearError(event.target.id);
    changed();
  });

  return {
    /** The case and the options of its prediction; null, with errors shown, where a field is wrong. */
    read() {
      clearErrors();
      const fact = byId('fact').value;
      const characters = length(fact);
      if (!fact.trim()) return reject('fact', t('error.empty'));
      if (characters > LIMIT) return reject('fact', t('error.long', { count: characters, limit: LIMIT }));
      if (!HAN.test(fact)) return reject('fact', t('error.han'));
      const given = { fact };
      const charges = chips.get();
      if (charges.length) given.charges = charges;
      for (const name of SIMPLE) if (byId(name).value.trim()) given[name] = byId(name).value.trim();
      const defendants = byId('defendants_count');
      if (defendants.value || defendants.validity.badInput) {
        if (!defendants.checkValidity()) return reject('defendants_count', t('error.field.defendants_count'));
        given.defendants_count = Number(defendants.value);
      }
      const options = { level: Number(byId('level').value) };
      if (byId('ladder').value) options.ladder = byId('ladder').value;
      return { given, options };
    },
    fill({ fact = '', charges = [], ...rest }) {
      clearErrors();
      byId('fact').value = fact;
      for (const name of [...SIMPLE, 'defendants_count']) byId(name).value = rest[name] ?? '';
      chips.set(charges);
    },
    /** Shows a problem beside its field; false where it belongs to no field of the form. */
    reject(problem) {
      const field = problem.field?.split('.')[0];
      if (!FIELDS.includes(field)) return false;
      reject(field, problem.words, problem.detail);
      return true;
    },
    clearErrors,
    refresh() {
      chips.draw();
      count();
    },
  };
}

function reject(name, text, detail = '') {
  const input = byId(name);
  const note = byId(`${name}-error`);
  note.replaceChildren(text, detail ? el('small', { lang: 'en' }, ` ${detail}`) : '');
  note.hidden = false;
  input.setAttribute('aria-invalid', 'true');
  const folded = input.closest('details');
  if (folded) folded.open = true;
  input.focus();
  return null;
}

function clearError(name) {
  byId(name).removeAttribute('aria-invalid');
  byId(`${name}-error`).hidden = true;
}

function clearErrors() {
  FIELDS.forEach(clearError);
}

/** The names of charges that the browser offers while one is typed. */
export function offerCharges(names) {
  byId('charge-names').replaceChildren(...names.map((name) => chinese('', 'option', { value: name })));
}

/** The ladders of leniency that may be chosen, {id: place}. */
export function offerLadders(ladders) {
  const select = byId('ladder');
  const chosen = select.value;
  select.replaceChildren(el('option', { value: '' }, t('form.ladder.none')), ...Object.entries(ladders)
    .map(([id, place]) => chinese(`${id}（${place}）`, 'option', { value: id, selected: id === chosen })));
}

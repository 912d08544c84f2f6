// A list of names entered one after another: each becomes a chip that can be removed.

import { chinese, el } from './dom.js';
import { t } from './i18n.js';

const SEPARATORS = /[、，,;；\n]/;

/** Turns `input` into a list of chips shown in `list`; `onChange` is called after each change. */
export function mountChips(input, list, onChange) {
  let names = [];

  function draw() {
    list.replaceChildren(...names.map((name) => el('li', {}, chinese(name), el('button', {
      type: 'button',
      'aria-label': t('form.charges.remove', { name }),
      onclick: () => {
        set(names.filter((each) => each !== name));
        input.focus();
      },
    }, '×'))));
  }

  function set(chosen) {
    names = [...new Set(chosen.map((name) => name.trim()).filter(Boolean))];
    draw();
    onChange();
  }

  function take() {
    if (!input.value.trim()) return;
    const given = input.value.split(SEPARATORS);
    input.value = '';
    set([...names, ...given]);
  }

  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return; // Enter belongs to the input method then
    if (event.key === 'Enter' && input.value.trim()) {
      event.preventDefault();
      take();
    } else if (event.key === 'Backspace' && !input.value && names.length) {
      set(names.slice(0, -1));
    }
  });
  input.addEventListener('change', take);
  return {
    draw,
    set,
    get: () => {
      take();
      return names;
    },
  };
}

// Asking for the key of a service that wants one.

import { byId } from './dom.js';

/** A key from the user, null when the dialog is closed without one. */
export function askForKey(wasWrong) {
  const dialog = byId('key');
  const input = byId('key-input');
  byId('key-wrong').hidden = !wasWrong;
  input.value = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'given' && input.value.trim() ? input.value.trim() : null), { once: true });
  });
}

// A judgment from a file, chosen or dropped; the service reads it and gives its facts.

import * as api from './api.js';
import { byId, chinese, el } from './dom.js';
import { t } from './i18n.js';
import { announce, withProgress } from './progress.js';

const TYPES = {
  txt: 'text/plain',
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
};

/** Lets the form take files; `onCase` gets the fields of the case, `onProblem` what went wrong. */
export function mountDocuments({ onCase, onProblem }) {
  const input = byId('file');
  const target = byId('form');
  const note = byId('file-note');

  async function take(file) {
    byId('defendants').hidden = true;
    const type = TYPES[file.name.split('.').pop().toLowerCase()];
    if (!type || !file.size) {
      show(t(type ? 'error.file.empty' : 'error.file.type'), true);
      return;
    }
    show(t('form.file.reading', { name: file.name }));
    try {
      const found = await withProgress((signal) => api.readDocument(file, type, signal));
      if (!found) return show('');
      show(t('form.file.read', { name: file.name }));
      fill(found);
    } catch (problem) {
      show(problem.words ?? String(problem), true);
      if (!(problem instanceof api.Problem)) onProblem(problem);
    }
  }

  function show(text, wrong = false) {
    note.textContent = text;
    note.classList.toggle('error', wrong);
    announce(text);
  }

  function fill(found) {
    const people = found.defendants ?? [];
    const chosen = (person) => onCase({
      fact: found.fact,
      charges: person?.charges?.length ? person.charges : found.charges ?? [],
      defendant: people.length > 1 ? person?.name : '',
      defendants_count: people.length > 1 ? people.length : '',
    });
    chosen(people[0]);
    if (people.length > 1) {
      const label = byId('defendants');
      label.replaceChildren(t('form.defendants', { count: people.length }), el('select', {
        onchange: (event) => chosen(people[event.target.value]),
      }, people.map((person, index) => chinese(person.name, 'option', { value: index }))));
      label.hidden = false;
    }
    byId('file-warnings').replaceChildren(
      ...(found.warnings ?? []).map((warning) => chinese(warning, 'li')));
  }

  input.addEventListener('change', () => {
    if (input.files[0]) take(input.files[0]);
    input.value = '';
  });
  const over = (inside) => (event) => {
    if (inside && !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    target.classList.toggle('dropping', inside);
  };
  target.addEventListener('dragover', over(true));
  target.addEventListener('dragleave', over(false));
  target.addEventListener('drop', (event) => {
    const [file] = event.dataTransfer.files;
    if (!file) return;
    over(false)(event);
    take(file);
  });
}

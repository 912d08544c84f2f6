// What is under way, told to eye and ear, and the way out of it.

import { byId } from './dom.js';
import { t } from './i18n.js';

const SLOW = 4000;
let running = null;

/** Says something to those who listen. */
export function announce(text) {
  byId('status').textContent = text;
}

/**
 * Runs `work(signal)` while showing that it runs; one at a time, a newer one cancels the older.
 * Returns its result, or null when it was cancelled.
 */
export async function withProgress(work) {
  running?.abort();
  const own = new AbortController();
  running = own;
  const bar = byId('progress');
  const text = byId('progress-text');
  text.textContent = t('progress.predict');
  bar.hidden = false;
  announce(t('progress.predict'));
  const slow = setTimeout(() => {
    text.textContent = t('progress.slow');
    announce(t('progress.slow'));
  }, SLOW);
  try {
    return await work(own.signal);
  } catch (error) {
    if (error.name !== 'AbortError') throw error;
    return null;
  } finally {
    clearTimeout(slow);
    if (running === own) {
      running = null;
      bar.hidden = true;
    }
  }
}

/** Stops what is under way. */
export function cancel() {
  if (!running) return;
  running.abort();
  announce(t('progress.cancelled'));
}

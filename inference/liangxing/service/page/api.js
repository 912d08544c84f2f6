// The service's API, same origin only. Errors are RFC 9457 problem details.

import { has, t } from './i18n.js';

const KEPT = 'liangxing.key';
let askForKey = null;

/** What went wrong, with the field at fault where the service names one; status 0 is no answer. */
export class Problem extends Error {
  constructor({ status, kind = '', detail = '', field = null, wait = null }) {
    super(detail || `status ${status}`);
    Object.assign(this, { status, kind, detail, field, wait });
  }

  /** In plain words of the current language. */
  get words() {
    const field = this.field?.split('.')[0];
    if (field && field !== 'body') {
      if (field.endsWith('_date') || field === 'detained_from') return t('error.field.date');
      const key = `error.field.${field === 'variants' ? 'set' : field}`;
      return has(key) ? t(key) : t('error.field.other', { field: this.field });
    }
    const wait = this.wait ? t('error.wait', { seconds: this.wait }) : t('error.later');
    const fitting = [`error.kind.${this.kind}`, `error.${this.status}`].find(has);
    return t(fitting ?? (this.status >= 500 ? 'error.500' : 'error.400'), { wait });
  }
}

/** Names the function that asks the user for a key; it returns a promise of one, or of null. */
export function onKeyNeeded(ask) {
  askForKey = ask;
}

function storedKey() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function storeKey(key) {
  try {
    sessionStorage.setItem(KEPT, key);
  } catch {
    // then it is asked for again
  }
}

async function problemOf(response) {
  let told = {};
  try {
    told = await response.json();
  } catch {
    // a proxy's page, not the service's answer
  }
  return new Problem({
    status: response.status,
    detail: typeof told.detail === 'string' ? told.detail : '',
    kind: String(told.type ?? '').split(':').pop(),
    field: typeof told.field === 'string' ? told.field.replace(/^case\./, '') : null,
    wait: Number(response.headers.get('Retry-After')) || null,
  });
}

async function send(path, { key = storedKey(), ...options } = {}) {
  const headers = { ...options.headers };
  if (key) headers.Authorization = `Bearer ${key}`;
  let response;
  try {
    response = await fetch(path, { ...options, headers, cache: 'no-store', redirect: 'error' });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem({ status: 0, detail: error.message });
  }
  if (response.status === 401 && askForKey) {
    const given = await askForKey(Boolean(key));
    if (given) {
      storeKey(given);
      return send(path, { ...options, key: given });
    }
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

const json = async (path, options) => (await send(path, options)).json();

const post = (body, signal) => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
  signal,
});

/** `options` are the level of the interval and a court's ladder of leniency. */
export const predict = (given, options, signal) =>
  json('v1/predict', post({ case: given, ...options }, signal));

export const whatIf = (given, changes, options, signal) =>
  json('v1/whatif', post({ case: given, variants: changes, ...options }, signal));

export const similar = (given, signal) => json('v1/similar', post({ case: given, k: 5 }, signal));

export const model = () => json('v1/model');

export const charges = () => json('v1/charges');

export const terms = () => json('v1/terms');

export const englishNames = () => json('static/names.json');

/** The judgment in a file, read by the service. */
export const readDocument = (file, type, signal) =>
  json('v1/documents', { method: 'POST', headers: { 'Content-Type': type }, body: file, signal });

/** A Word document of the case, as a blob. */
export async function draft(kind, given, options) {
  const address = `v1/draft?kind=${encodeURIComponent(kind)}`;
  const response = await send(address, post({ case: given, ...options }));
  return response.blob();
}

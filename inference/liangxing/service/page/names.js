// Names of ids: in Chinese from the service, in English and with their way from a file beside this.

import * as api from './api.js';

/**
 * `circumstances` {id: {zh, en, way}}, `quantities` {id: {zh, en, unit: {zh, en}}} and `ladders`
 * {id: place}. A circumstance's way is lighter, heavier or open.
 */
export async function loadNames() {
  const [terms, beside] = await Promise.all([api.terms(), api.englishNames()]);
  const unit = (id) => {
    const zh = terms.units[id] ?? '';
    return { zh, en: beside.units[zh] ?? zh };
  };
  const named = (ids, more) => Object.fromEntries(Object.entries(ids).map(([id, zh]) => [id, more(id, zh)]));
  return {
    circumstances: named(terms.circumstances, (id, zh) => ({ zh, en: zh, way: 'open', ...beside.circumstances[id] })),
    quantities: named(terms.quantities, (id, zh) => ({ zh, en: zh, ...beside.quantities[id], unit: unit(id) })),
    ladders: terms.ladders,
  };
}

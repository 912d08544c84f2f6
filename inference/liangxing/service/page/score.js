// The score of the drill, as the page states it.

const STEPS = [[0.2, 40], [0.4, 32], [0.6, 24], [0.8, 16], [1, 8]];
const PART = 30;
const CLOSE = 40;

const family = (kind) => (kind.startsWith('death') ? 'death' : kind === 'life' ? 'life' : 'months');

function inside(penalty, range) {
  const kind = family(penalty.kind);
  if (kind !== 'months') return Boolean(range[kind]);
  return range.low !== null && range.high !== null
    && range.low <= penalty.months && penalty.months <= range.high;
}

function closeness(penalty, model) {
  const kind = family(penalty.kind);
  if (kind !== family(model.kind)) return 0;
  if (kind !== 'months') return CLOSE;
  const distance = Math.abs(Math.log(penalty.months + 1) - Math.log(model.months + 1));
  return STEPS.find(([most]) => distance <= most + 1e-9)?.[1] ?? 0;
}

/**
 * Points out of 100 for a proposed penalty {kind, months} beside a prediction: inside the statutory
 * bounds, inside the guideline range (null where there is none), close to the model's point.
 */
export function scoreOf(penalty, prediction) {
  const { statutory, guideline } = prediction.bounds;
  const parts = {
    statutory: inside(penalty, statutory) ? PART : 0,
    guideline: guideline ? (inside(penalty, guideline) ? PART : 0) : null,
    close: closeness(penalty, prediction.penalty),
  };
  const got = parts.statutory + (parts.guideline ?? 0) + parts.close;
  const most = PART + CLOSE + (guideline ? PART : 0);
  return { parts, most: { statutory: PART, guideline: PART, close: CLOSE }, total: Math.round((100 * got) / most) };
}

const KEPT = 'liangxing.drill';

/** The scores so far, kept in this browser: {count, sum}. */
export function tally() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT));
    if (Number.isInteger(found?.count) && Number.isFinite(found?.sum)) return found;
  } catch {
    // nothing kept, or not ours
  }
  return { count: 0, sum: 0 };
}

function keep(found) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(found));
  } catch {
    // then the score lasts as long as the page
  }
  return found;
}

export function addToTally(points) {
  const { count, sum } = tally();
  return keep({ count: count + 1, sum: sum + points });
}

export const clearTally = () => keep({ count: 0, sum: 0 });

// The term axis: nought, months on a widening scale, then life and death.

const ENDS = [12, 24, 36, 60, 84, 120, 180, 240, 300];
const TICKS = [6, 12, 24, 36, 60, 84, 120, 180, 240, 300];

/** Bins of the distribution in months (low, high]; bin 10 is nought. */
export const BINS = [
  ['10', 0, 0], ['9', 0, 6], ['8', 6, 9], ['7', 9, 12], ['6', 12, 24], ['5', 24, 36],
  ['4', 36, 60], ['3', 60, 84], ['2', 84, 120], ['1', 120, null],
];

/**
 * Positions in pixels on an axis from `left` to `right` that must show `most` months, and life and
 * death where they are open. `x(0)` is the end of the slot of nought.
 */
export function termScale({ left, right, most, life, death }) {
  const narrow = right - left < 420;
  const slot = narrow ? 34 : 46;
  const zero = narrow ? 24 : 32;
  const end = ENDS.find((months) => months >= most) ?? 300;
  const start = left + zero;
  const stop = right - (life ? slot : 0) - (death ? slot : 0);
  const position = (months) => Math.log(1 + Math.min(months, end) / 6);
  const x = (months) => start + ((stop - start) * position(months)) / position(end);
  const places = { zero: [left, start], life: null, death: null };
  if (life) places.life = [stop, stop + slot];
  if (death) places.death = [right - slot, right];
  return {
    end, start, stop, left, right, narrow, x, places,
    ticks: TICKS.filter((months) => months <= end),
    bins: BINS.map(([name, low, high]) => {
      if (name === '10') return { name, from: left, to: start };
      const top = high === null ? end : high;
      return low < end ? { name, from: x(low), to: x(top) } : null;
    }).filter((bin) => bin && bin.to > bin.from),
    /** Where the mark of a penalty stands. */
    at(penalty) {
      const place = penalty.kind === 'life' ? places.life
        : penalty.kind.startsWith('death') ? places.death
          : penalty.months ? null : places.zero;
      return place ? (place[0] + place[1]) / 2 : x(penalty.months ?? end);
    },
    /** The stretches that a range covers, left to right. */
    stretches(range) {
      const found = [];
      if (range.low !== null && range.low !== undefined && range.high !== null) {
        const from = range.low > 0 ? x(range.low) : left;
        found.push([from, Math.max(x(range.high), from + 3)]);
      }
      if (range.life && places.life) found.push(places.life);
      if (range.death && places.death) found.push(places.death);
      return found;
    },
  };
}

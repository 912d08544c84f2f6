// The term axis drawn by hand: distribution, interval, guideline range, statutory bounds.

import { el, foldedTable, svg } from './dom.js';
import { language, t } from './i18n.js';
import { BINS, termScale } from './scale.js';
import { monthsText, penaltyShort, penaltyText, percentText, rangeText } from './terms.js';

const BARS = 92;
const MARK = 20;
const AXIS = 26;
const ROW = 38;

let charts = 0;

/**
 * A chart in `host` that redraws itself when its width changes. `show` takes the bounds, interval
 * and distribution of an outlook (distribution may be missing) and the marks on it.
 */
export function mountChart(host) {
  const number = ++charts;
  const figure = el('figure', { class: 'chart' });
  let shown = null;
  let drawnAt = 0;
  host.replaceChildren(figure);

  function draw() {
    const width = Math.floor(host.clientWidth);
    if (!shown || width < 120) return;
    drawnAt = width;
    figure.replaceChildren(
      picture(shown, width, number),
      el('figcaption', {}, shown.distribution && t('chart.caption')),
      shown.distribution ? probabilities(shown.distribution) : '',
    );
  }
  new ResizeObserver(() => {
    if (Math.floor(host.clientWidth) !== drawnAt) draw();
  }).observe(host);
  return {
    show(outlook) {
      shown = outlook;
      draw();
    },
  };
}

function picture(outlook, width, number) {
  const { statutory, guideline } = outlook.bounds;
  const { interval, distribution, marks } = outlook;
  const ranges = [statutory.outer, statutory, interval, guideline].filter(Boolean);
  const kinds = marks.map((mark) => mark.penalty.kind);
  const most = Math.max(...ranges.map((range) => range.high ?? 0),
    ...marks.map((mark) => mark.penalty.months ?? 0));
  const scale = termScale({
    left: 4,
    right: width - 4,
    most,
    life: ranges.some((range) => range.life) || (distribution?.life ?? 0) >= 0.005 || kinds.includes('life'),
    death: ranges.some((range) => range.death) || (distribution?.death ?? 0) >= 0.005
      || kinds.some((kind) => kind.startsWith('death')),
  });
  const top = marks.length * MARK + (distribution ? 14 : 2);
  const base = top + (distribution ? BARS : 4);
  const rows = [
    ['interval', t('result.interval'), interval],
    ['guideline', t('result.guideline'), guideline],
    ['statutory', t('result.statutory'), statutory],
    ['outer', t('result.outer'), statutory.outer],
  ];
  const height = base + AXIS + rows.length * ROW + 4;
  const title = `chart-title-${number}`;
  const description = `chart-description-${number}`;
  return svg('svg', {
    width, height, viewBox: `0 0 ${width} ${height}`, role: 'img',
    'aria-labelledby': `${title} ${description}`,
  },
  svg('title', { id: title }, t('chart.title')),
  svg('desc', { id: description }, alternative(outlook)),
  grid(scale, top, base, height),
  distribution ? bars(scale, distribution, base) : '',
  marks.map((mark, index) => svg('g', { class: `pin ${mark.role}` }, svg('line', {
    x1: scale.at(mark.penalty), x2: scale.at(mark.penalty), y1: index * MARK + 8, y2: height - 4,
  }))),
  distribution ? shares(scale, distribution, base) : '',
  axis(scale, base),
  rows.map(([name, label, range], index) =>
    track(scale, name, label, range, base + AXIS + index * ROW)),
  marks.map((mark, index) => head(scale, mark, index, width)));
}

function grid(scale, top, base, height) {
  return svg('g', { class: 'grid' }, scale.ticks.map((months) =>
    svg('line', { x1: scale.x(months), x2: scale.x(months), y1: top, y2: height - 4 })));
}

function slotsOf(scale, distribution) {
  const slots = scale.bins.map((bin) => ({ ...bin, share: distribution.bins[bin.name] ?? 0 }));
  for (const name of ['life', 'death']) {
    const place = scale.places[name];
    if (place) slots.push({ name, from: place[0], to: place[1], share: distribution[name] });
  }
  const highest = Math.max(...slots.map((slot) => slot.share), 1e-9);
  return slots.map((slot) => ({
    ...slot, wide: Math.max(slot.to - slot.from - 2, 1), tall: (BARS * slot.share) / highest,
  }));
}

function bars(scale, distribution, base) {
  return svg('g', { class: 'bars' }, slotsOf(scale, distribution).map(({ name, from, wide, tall }) =>
    svg('rect', { x: from + 1, y: base - tall, width: wide, height: tall, 'data-bin': name })));
}

function shares(scale, distribution, base) {
  return svg('g', { class: 'shares' }, slotsOf(scale, distribution)
    .filter(({ share, wide }) => share >= 0.02 && wide >= 20)
    .map(({ from, to, tall, share }) =>
      svg('text', { x: (from + to) / 2, y: base - tall - 4, 'text-anchor': 'middle' }, percentText(share))));
}

function axis(scale, base) {
  const labels = [[scale.places.zero, '0']];
  if (scale.places.life) labels.push([scale.places.life, t('life.short')]);
  if (scale.places.death) labels.push([scale.places.death, t('death.short')]);
  let free = scale.start - 6;
  const room = language() === 'zh' ? 30 : 26;
  const ticks = scale.ticks.map((months) => {
    const x = scale.x(months);
    const last = months === scale.end;
    const from = last ? x - room : x - room / 2;
    const shown = from >= free;
    if (shown) free = from + room;
    return [
      svg('line', { x1: x, x2: x, y1: base, y2: base + 5 }),
      shown ? svg('text', { x, y: base + 18, 'text-anchor': last ? 'end' : 'middle' }, tickText(months)) : '',
    ];
  });
  return svg('g', { class: 'axis' },
    svg('line', { x1: scale.left, x2: scale.right, y1: base, y2: base }),
    ticks,
    labels.map(([[from, to], text]) =>
      svg('text', { x: (from + to) / 2, y: base + 18, 'text-anchor': 'middle' }, text)));
}

const tickText = (months) => {
  const zh = language() === 'zh';
  if (months < 12) return zh ? `${months}月` : `${months}m`;
  return zh ? `${months / 12}年` : `${months / 12}y`;
};

function track(scale, name, label, range, y) {
  const thick = name === 'outer' ? 3 : 9;
  const words = range ? rangeText(range) : t('result.guideline.none');
  return svg('g', { class: `track ${name}` },
    svg('text', { x: scale.left, y: y + 14 },
      svg('tspan', { class: 'name' }, label), svg('tspan', { dx: 8 }, words)),
    (range ? scale.stretches(range) : []).map(([from, to]) =>
      svg('rect', { x: from, y: y + 20, width: Math.max(to - from, 3), height: thick, rx: 2 })));
}

function head(scale, mark, index, width) {
  const x = scale.at(mark.penalty);
  const y = index * MARK + 8;
  const end = x > width * 0.6;
  return svg('g', { class: `pin ${mark.role}` },
    svg('path', { d: `M${x} ${y - 6}l6 6l-6 6l-6 -6z` }),
    svg('text', { x: end ? x - 11 : x + 11, y: y + 5, 'text-anchor': end ? 'end' : 'start' },
      t(`chart.${mark.role}`, { text: penaltyShort(mark.penalty) })));
}

function alternative({ marks, interval, bounds }) {
  return t('chart.alt', {
    point: marks.map((mark) => penaltyText(mark.penalty)).join(t('and')),
    interval: rangeText(interval),
    guideline: bounds.guideline ? rangeText(bounds.guideline) : t('result.guideline.none'),
    statutory: rangeText(bounds.statutory),
  });
}

function probabilities(distribution) {
  const named = BINS.map(([name, low, high]) => [
    name === '10' ? t('chart.zero')
      : high === null ? t('chart.over', { months: monthsText(low) })
        : `${monthsText(low)}${t('to')}${monthsText(high)}`,
    percentText(distribution.bins[name] ?? 0),
  ]);
  return foldedTable(t('chart.table'), [t('chart.bin'), t('chart.probability')], [
    ...named, [t('life'), percentText(distribution.life)], [t('death'), percentText(distribution.death)],
  ]);
}

// Drill: the user proposes a penalty first, then sees the model, the range and the reasoning.

import * as api from './api.js';
import { CASES } from './cases.js';
import { mountChart } from './chart.js';
import { chinese, el } from './dom.js';
import { t, words } from './i18n.js';
import { announce, withProgress } from './progress.js';
import { addToTally, clearTally, scoreOf, tally } from './score.js';
import { monthsText, penaltyText, rangeText } from './terms.js';
import { traceList } from './trace.js';

const TIMED = ['fixed_term', 'detention', 'surveillance'];
const KINDS = [...TIMED, 'fine_only', 'exempt', 'life', 'death_reprieve', 'death'];
const LONGEST = 300;

/** The drill in `host`; `onProblem` gets what went wrong. */
export function mountDrill(host, { onProblem }) {
  let at = 0;
  let own = null; // {given, options} of the user's own case
  let proposal = null;
  let answer = null;
  let score = null;

  const current = () => own?.given ?? CASES[at];

  function draw(focus = false) {
    const heading = el('h2', { tabindex: -1 }, own ? t('drill.own.title') : t('drill.case', {
      number: at + 1, total: CASES.length, title: words(current().title),
    }));
    host.replaceChildren(
      el('div', { class: 'card' }, el('h2', {}, t('drill.title')), el('p', { class: 'soft' }, t('drill.intro')),
        standing(), el('details', { class: 'folded' }, el('summary', {}, t('drill.rule.title')), el('p', {}, t('drill.rule')))),
      el('article', { class: 'card' }, heading,
        el('p', { class: 'soft' }, `${t('drill.charge')} `, chinese((current().charges ?? []).join('、') || '—')),
        chinese(current().fact, 'div', { class: 'facts' }),
        answer ? '' : question()),
      answer ? reveal() : '',
    );
    if (focus) heading.focus();
  }

  function standing() {
    const { count, sum } = tally();
    return el('p', { class: 'tally' }, `${t('drill.total')} `, el('strong', { id: 'tally' }, count
      ? t('drill.average', { average: Math.round(sum / count), count }) : t('drill.none')),
    count ? el('button', { type: 'button', class: 'link', onclick: () => { clearTally(); draw(true); } }, t('drill.reset')) : '');
  }

  function question() {
    const kind = el('select', { id: 'drill-kind' }, KINDS.map((each) => el('option', { value: each }, t(`kind.${each}`))));
    const number = (id, most) => el('input', { type: 'number', id, min: 0, max: most, step: most === 25 ? 1 : 0.5, inputmode: 'decimal', 'aria-describedby': 'drill-error' });
    const years = number('drill-years', 25);
    const months = number('drill-months', 300);
    const wrong = el('p', { class: 'error', id: 'drill-error', role: 'alert' });
    const term = el('span', { class: 'term' },
      el('label', {}, years, ` ${t('drill.years')}`), el('label', {}, months, ` ${t('drill.months')}`));
    kind.addEventListener('change', () => { term.hidden = !TIMED.includes(kind.value); });
    return el('form', {
      class: 'proposal', novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        const timed = TIMED.includes(kind.value);
        const length = timed ? Number(years.value) * 12 + Number(months.value) : null;
        const valid = !timed || (years.checkValidity() && months.checkValidity() && length > 0 && length <= LONGEST);
        if (!valid) {
          wrong.textContent = length > LONGEST ? t('drill.months.limit', { limit: monthsText(LONGEST) })
            : t('drill.months.needed', { kind: t(`kind.${kind.value}`) });
          (years.value ? months : years).focus();
          return;
        }
        const none = ['exempt', 'fine_only'].includes(kind.value);
        submit({ kind: kind.value, months: timed ? length : none ? 0 : null });
      },
    },
    el('fieldset', {}, el('legend', {}, t('drill.propose')),
      el('label', { for: 'drill-kind' }, t('drill.kind')), kind, term, wrong),
    el('button', { class: 'primary' }, t('drill.submit')));
  }

  async function submit(given) {
    proposal = given;
    try {
      const { fact, charges } = current();
      const asked = own ?? { given: { fact, charges }, options: {} };
      answer = await withProgress((signal) => api.predict(asked.given, asked.options, signal));
    } catch (problem) {
      onProblem(problem);
      return;
    }
    if (!answer) return;
    score = scoreOf(proposal, answer);
    addToTally(score.total);
    draw();
    const points = t('drill.points', { points: score.total });
    announce(`${t('drill.score')} ${points}`);
    host.querySelector('.reveal h2').focus();
  }

  function reveal() {
    const chart = el('div');
    mountChart(chart).show({
      bounds: answer.bounds,
      interval: answer.interval,
      distribution: answer.distribution,
      marks: [{ role: 'mine', penalty: proposal }, { role: 'model', penalty: answer.penalty }],
    });
    const part = (name) => [el('dt', {}, t(`drill.part.${name}`)), el('dd', {}, score.parts[name] === null
      ? t('drill.part.none') : t('drill.of', { points: score.parts[name], most: score.most[name] }))];
    const { guideline, statutory } = answer.bounds;
    return el('section', { class: 'card reveal' },
      el('div', { class: 'bar' },
        el('h2', { tabindex: -1 }, `${t('drill.score')} `, el('span', { class: 'points' }, t('drill.points', { points: score.total }))),
        el('button', { type: 'button', class: 'primary', onclick: next }, t('drill.next'))),
      el('div', { class: 'pair' }, el('dl', { class: 'figures' }, part('statutory'), part('guideline'), part('close')),
      el('dl', { class: 'figures' },
        el('dt', {}, t('drill.yours')), el('dd', {}, penaltyText(proposal)),
        el('dt', {}, t('drill.models')), el('dd', {}, penaltyText(answer.penalty)),
        el('dt', {}, t('result.guideline')), el('dd', {}, guideline ? rangeText(guideline) : t('result.guideline.none')),
        el('dt', {}, t('result.statutory')), el('dd', {}, rangeText(statutory)))),
      chart,
      el('h3', {}, t('trace.title')),
      traceList(answer.trace));
  }

  function next() {
    at = own ? at : (at + 1) % CASES.length;
    own = proposal = answer = score = null;
    draw(true);
  }

  return {
    draw,
    /** Drills on the user's own case. */
    start(asked) {
      own = asked;
      proposal = answer = score = null;
      draw(true);
    },
  };
}

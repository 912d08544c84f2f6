// What if: switches that redraw at once; the law's effect of each with its source, the model's beside it.

import * as api from './api.js';
import { mountChart } from './chart.js';
import { chinese, el } from './dom.js';
import { language, t } from './i18n.js';
import { addLever, circumstanceLever, PLEA_STAGE, quantityLever, shownLevers, stageLever, statedIn } from './levers.js';
import { announce } from './progress.js';
import { suspensionText } from './result.js';
import { nameOf, penaltyText, quantityText, rangeText } from './terms.js';
import { ruleText, verifiedMark } from './trace.js';

const PAUSE = 350; // milliseconds after the last key in a number

/** The what-if of one prediction in `host`; `onAdopt` gets the changes that a person takes over. */
export function mountWhatIf(host, { given, options, prediction, names, onAdopt }) {
  const stated = statedIn(given, prediction);
  const changes = new Map();
  const added = { circumstances: [], quantities: [] };
  let found = null;
  let problem = null;
  let running = null;
  let timer = 0;
  const switches = el('div', { class: 'levers' });
  const shift = el('p', { class: 'shift' });
  const outcome = el('div', { class: 'outcome' });
  const effects = el('div', { class: 'effects' });

  const value = (id) => (changes.has(id) ? changes.get(id) : stated.get(id) ?? null);

  function change(id, to) {
    if (to === (stated.get(id) ?? null)) changes.delete(id);
    else changes.set(id, to);
    switches.querySelector(`[data-id="${id}"]`)?.classList.toggle('changed', changes.has(id));
    clearTimeout(timer);
    running?.abort();
    if (!changes.size) {
      found = problem = null;
      drawOutcome();
      return;
    }
    outcome.setAttribute('aria-busy', 'true');
    timer = setTimeout(ask, typeof to === 'number' ? PAUSE : 0);
  }

  async function ask() {
    running = new AbortController();
    const { signal } = running;
    try {
      const answer = await api.whatIf(given, Object.fromEntries(changes), options, signal);
      found = answer.variants[0];
      problem = null;
      announce(t('progress.done', { text: penaltyText(found.after.penalty) }));
    } catch (error) {
      if (error.name === 'AbortError') return;
      problem = error;
      found = null;
    }
    if (!signal.aborted) drawOutcome();
  }

  function drawSwitches() {
    const shown = shownLevers(prediction, added);
    const changed = (id) => changes.has(id);
    switches.replaceChildren(
      el('h3', {}, t('whatif.circumstances')),
      ...shown.circumstances.map((id) => circumstanceLever(names, id, value(id), changed(id), change)),
      shown.quantities.length ? el('h3', {}, t('whatif.quantities')) : '',
      ...shown.quantities.map((id) => quantityLever(names, id, value(id), changed(id), change)),
      el('h3', {}, t('whatif.plea')),
      stageLever(value(PLEA_STAGE), changed(PLEA_STAGE), change),
      addLever(names, shown, (part, id) => {
        if (!id) return;
        added[part].push(id);
        drawSwitches();
        switches.querySelector(`[data-id="${id}"] input`)?.focus();
      }),
    );
  }

  function drawOutcome() {
    outcome.removeAttribute('aria-busy');
    const chart = el('div');
    const after = found?.after;
    shift.hidden = !found;
    shift.replaceChildren(...(found ? [el('span', { class: 'soft' }, penaltyText(prediction.penalty)), ' → ',
      el('strong', {}, penaltyText(after.penalty))] : []));
    outcome.replaceChildren(
      problem ? el('p', { class: 'error', role: 'alert' }, problem.words ?? String(problem)) : '',
      found ? figures(prediction, after) : problem ? '' : el('p', { class: 'soft' }, t('whatif.none')),
      chart,
      found?.warnings.length
        ? el('ul', { class: 'warnings' }, found.warnings.map((warning) => chinese(warning, 'li'))) : '',
      changes.size ? buttons() : '',
    );
    const before = { role: found ? 'before' : 'point', penalty: prediction.penalty };
    mountChart(chart).show({
      bounds: after?.bounds ?? prediction.bounds,
      interval: after?.interval ?? prediction.interval,
      marks: found ? [before, { role: 'after', penalty: after.penalty }] : [before],
    });
    effects.replaceChildren(...(found ? [el('h3', {}, t('whatif.effects')),
      ...found.effects.map((effect) => effectCard(names, effect))] : []));
  }

  function buttons() {
    const open = [...changes.values()].includes(null);
    return el('div', { class: 'buttons' },
      el('button', { type: 'button', onclick: reset }, t('whatif.reset')),
      el('button', { type: 'button', disabled: open, onclick: () => onAdopt(new Map(changes)) }, t('whatif.adopt')),
      open ? el('small', {}, t('whatif.adopt.null')) : '');
  }

  function reset() {
    changes.clear();
    found = problem = null;
    running?.abort();
    drawSwitches();
    drawOutcome();
    switches.querySelector('input')?.focus();
  }

  function draw() {
    host.replaceChildren(
      el('h2', {}, t('whatif.title')),
      el('p', { class: 'soft' }, t('whatif.intro')),
      el('div', { class: 'bench' }, switches, shift, outcome),
      effects,
    );
    drawSwitches();
    drawOutcome();
  }

  draw();
  return { draw };
}

const moved = (before, after) => (before === after ? t('whatif.same', { text: after }) : `${before} → ${after}`);
const guideline = (bounds) => (bounds.guideline ? rangeText(bounds.guideline) : t('result.guideline.none'));

function figures(before, after) {
  const line = (name, one, other) => [el('dt', {}, name), el('dd', {}, moved(one, other))];
  return el('dl', { class: 'figures' },
    line(t('result.interval'), rangeText(before.interval), rangeText(after.interval)),
    line(t('result.guideline'), guideline(before.bounds), guideline(after.bounds)),
    line(t('result.statutory'), rangeText(before.bounds.statutory), rangeText(after.bounds.statutory)),
    line(t('result.suspension'), suspensionText(before.suspension), suspensionText(after.suspension)));
}

function valueText(names, id, value) {
  if (id === PLEA_STAGE) return t(`stage.${value}`);
  if (value === null) return t('whatif.unset');
  if (typeof value === 'boolean') return t(value ? 'whatif.yes' : 'whatif.no');
  return quantityText(names, id, value);
}

function effectCard(names, effect) {
  const { law, model } = effect;
  const steps = law.steps.length ? law.steps : law.taken_away;
  const gone = !law.steps.length && law.taken_away.length;
  const name = effect.id === PLEA_STAGE ? t('whatif.plea') : nameOf(names, effect.id);
  const change = `${valueText(names, effect.id, effect.before)} → ${valueText(names, effect.id, effect.after)}`;
  const note = language() === 'zh' ? model.note : t('whatif.model.note');
  return el('article', { class: 'effect' },
    el('h4', {}, name, ' ', el('span', { class: 'soft' }, change), ' ',
      el('span', { class: `way ${effect.direction}` }, t(`whatif.${effect.direction}`))),
    el('div', { class: 'sides' },
      el('section', { class: 'law' },
        el('h5', {}, t('whatif.law')),
        el('p', { class: 'months' }, `${t('result.guideline')} ${moved(guideline(law.before), guideline(law.after))}`),
        rangeText(law.before.statutory) === rangeText(law.after.statutory) ? ''
          : el('p', { class: 'months' }, `${t('result.statutory')} ${moved(rangeText(law.before.statutory), rangeText(law.after.statutory))}`),
        steps.length
          ? el('ul', {}, steps.map((step) => el('li', {}, gone ? t('whatif.law.gone') : '',
            chinese(`${step.step}：${ruleText(step)}`), ' ',
            el('span', { class: 'source' }, chinese(step.source), ' ', verifiedMark(step)))))
          : el('p', {}, t('whatif.law.none'))),
      el('section', { class: 'model' },
        el('h5', {}, t('whatif.model'), ' ', el('span', { class: 'unchanged' }, note)),
        el('p', { class: 'months' }, moved(penaltyText(model.before), penaltyText(model.after))),
        model.clamped ? el('p', { class: 'soft' }, t('whatif.clamped')) : '')));
}

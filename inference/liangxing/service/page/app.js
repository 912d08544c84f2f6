// The page: one case in, one prediction out, and everything that is shown of it.

import * as api from './api.js';
import { CASES } from './cases.js';
import { mountChart } from './chart.js';
import { mountDocuments } from './documents.js';
import { byId, chinese, el } from './dom.js';
import { mountDrill } from './drill.js';
import { mountForm, offerCharges, offerLadders } from './form.js';
import { legend, renderFacts, showEvidence } from './highlight.js';
import { language, setLanguage, t, translatePage, words } from './i18n.js';
import { askForKey } from './key.js';
import { PLEA_STAGE } from './levers.js';
import { loadNames } from './names.js';
import { announce, cancel, withProgress } from './progress.js';
import { facets, headline, modelLine, warningList } from './result.js';
import { renderSheet } from './sheet.js';
import { renderSimilar } from './similar.js';
import { nameOf, penaltyText, quantityText } from './terms.js';
import { traceList } from './trace.js';
import { mountWhatIf } from './whatif.js';

const VIEWS = ['case', 'drill'];
let names = null;
let indexed = false; // whether the service has an index of judged cases
let shown = null; // {given, options, prediction, similar}
let found = { circumstances: {}, quantities: {} }; // what a person takes over from a what-if
let whatIf = null;

const form = mountForm({ onChange: markChanged });
const drill = mountDrill(byId('view-drill'), { onProblem: (problem) => showProblem(problem) });

function markChanged() {
  byId('changed').hidden = !shown;
}

function editing(on) {
  byId('form').hidden = !on;
  byId('reading').hidden = on;
}

/** The case of the form with what a person found, and the options; null where a field is wrong. */
function asked() {
  byId('problem').hidden = true;
  const read = form.read();
  if (!read) return null;
  for (const part of ['circumstances', 'quantities']) {
    if (Object.keys(found[part]).length) read.given[part] = { ...found[part] };
  }
  return read;
}

async function predict() {
  const read = asked();
  if (!read) return;
  try {
    const prediction = await withProgress(async (signal) => {
      await load();
      return api.predict(read.given, read.options, signal);
    });
    if (!prediction) return;
    shown = { ...read, prediction };
  } catch (problem) {
    editing(true);
    if (!(problem instanceof api.Problem) || !form.reject(problem)) showProblem(problem, predict);
    return;
  }
  byId('changed').hidden = true;
  byId('welcome').hidden = true;
  byId('result').hidden = false;
  editing(false);
  showWhatIf();
  render();
  announce(t('progress.done', { text: penaltyText(shown.prediction.penalty) }));
  byId('result-title').focus();
  showSimilar(shown);
}

function showProblem(problem, retry = null) {
  const box = byId('problem');
  const detail = problem.detail ?? String(problem);
  box.replaceChildren(
    el('strong', {}, t('error.title')), ' ', problem.words ?? t('error.500'),
    detail ? el('details', {}, el('summary', {}, t('error.detail')), el('p', { lang: 'en' }, detail)) : '',
    retry ? el('button', { type: 'button', onclick: retry }, t('error.retry')) : '',
  );
  box.hidden = false;
}

function render() {
  const { given, options, prediction } = shown;
  const chart = el('div');
  byId('headline').replaceChildren(headline(prediction), chart, facets(given, prediction),
    warningList(prediction.warnings), modelLine(prediction.model));
  mountChart(chart).show({ ...prediction, marks: [{ role: 'point', penalty: prediction.penalty }] });
  renderFacts(byId('facts'), given.fact, prediction, names);
  byId('legend').replaceChildren(legend());
  byId('read').replaceChildren(...readItems(prediction));
  byId('trace').replaceChildren(el('h2', {}, t('trace.title')), el('p', { class: 'soft' }, t('trace.intro')),
    traceList(prediction.trace, (evidence) => {
      editing(false);
      showEvidence(byId('facts'), evidence);
    }));
  renderSheet(byId('sheet'), { given, options, prediction });
}

function readItems({ circumstances, quantities }) {
  const all = [...circumstances, ...quantities];
  if (!all.length) return [el('li', { class: 'soft' }, t('result.nothing_read'))];
  return all.map((each) => {
    const name = nameOf(names, each.id);
    const text = 'unit' in each ? `${name} ${quantityText(names, each.id, each.value)}`
      : each.value === 'no' ? `${name}: ${t('whatif.no')}` : name;
    return el('li', {}, each.evidence
      ? el('button', { type: 'button', class: 'quote', onclick: () => showEvidence(byId('facts'), each.evidence) }, text)
      : [text, ' ', el('small', {}, t('given'))]);
  });
}

function showWhatIf() {
  whatIf = mountWhatIf(byId('whatif'), { ...shown, names, onAdopt: adopt });
}

function adopt(changes) {
  for (const [id, value] of changes) {
    if (id === PLEA_STAGE) {
      if (value === 'none') found.circumstances.plea_leniency = false;
      else byId('stage').value = value;
    } else found[id in names.circumstances ? 'circumstances' : 'quantities'][id] = value;
  }
  drawFound();
  predict();
}

function drawFound() {
  if (!names) return;
  const rows = ['circumstances', 'quantities'].flatMap((part) => Object.entries(found[part]).map(([id, value]) => {
    const text = `${nameOf(names, id)}: ${part === 'quantities' ? quantityText(names, id, value) : t(value ? 'whatif.yes' : 'whatif.no')}`;
    return el('li', {}, text, el('button', {
      type: 'button', 'aria-label': t('overrides.remove', { name: nameOf(names, id) }),
      onclick: () => {
        delete found[part][id];
        drawFound();
        markChanged();
      },
    }, '×'));
  }));
  byId('overrides').hidden = !rows.length;
  byId('override-list').replaceChildren(...rows);
}

async function showSimilar(of) {
  const host = byId('similar');
  host.hidden = true;
  host.replaceChildren();
  if (!indexed) return;
  try {
    const answer = await api.similar(of.given);
    if (of !== shown) return;
    of.similar = answer;
    renderSimilar(host, answer, names);
    host.hidden = false;
  } catch {
    // neighbours are an extra; the prediction stands without them
  }
}

function start(given, then = predict) {
  found = { circumstances: {}, quantities: {} };
  drawFound();
  form.fill(given);
  then();
}

function drawExamples() {
  byId('examples').replaceChildren(...CASES.map((each) => el('button', {
    type: 'button', class: 'example', 'data-case': each.id, onclick: () => start(each),
  }, words(each.title))));
}

function route() {
  const wanted = location.hash.slice(1);
  const view = VIEWS.includes(wanted) ? wanted : 'case';
  for (const each of VIEWS) {
    byId(`view-${each}`).hidden = each !== view;
    if (each === view) byId(`nav-${each}`).setAttribute('aria-current', 'page');
    else byId(`nav-${each}`).removeAttribute('aria-current');
  }
  document.body.dataset.view = view;
  byId('problem').hidden = true;
}

function drawAll() {
  translatePage();
  byId('language').lang = language() === 'zh' ? 'en' : 'zh-CN';
  form.refresh();
  offerLadders(names?.ladders ?? {});
  drawExamples();
  drawFound();
  drill.draw();
  if (!shown) return;
  render();
  whatIf.draw();
  if (shown.similar) renderSimilar(byId('similar'), shown.similar, names);
}

function listen() {
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    predict();
  });
  byId('clear').addEventListener('click', () => start({}, () => byId('fact').focus()));
  byId('change').addEventListener('click', () => {
    editing(true);
    byId('fact').focus();
  });
  byId('own-drill').addEventListener('click', () => {
    const own = asked();
    if (!own) return;
    location.hash = 'drill';
    route(); // at once: what is hidden cannot take the focus
    drill.start(own);
  });
  byId('cancel').addEventListener('click', cancel);
  byId('language').addEventListener('click', () => {
    setLanguage(language() === 'zh' ? 'en' : 'zh');
    drawAll();
  });
  window.addEventListener('hashchange', route);
  mountDocuments({ onCase: (given) => start(given, () => byId('fact').focus()), onProblem: showProblem });
}

/** Names and what the service has; asked for once. */
async function load() {
  if (names) return;
  names = await loadNames();
  const [charges, model] = await Promise.all([api.charges(), api.model()]);
  indexed = model.similar_cases !== null;
  offerCharges(charges.map((charge) => charge.name));
  offerLadders(names.ladders);
}

api.onKeyNeeded(askForKey);
listen();
route();
drawAll();
try {
  await load();
} catch (problem) {
  showProblem(problem);
}
document.body.dataset.ready = 'true';

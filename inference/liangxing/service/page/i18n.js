// Chinese first, English on request; the choice is kept in this browser only.

import { en } from './strings_en.js';
import { zh } from './strings_zh.js';

const LANGUAGES = { zh, en };
const KEPT = 'liangxing.language';
let current = kept() ?? 'zh';

function kept() {
  try {
    const found = localStorage.getItem(KEPT);
    return found in LANGUAGES ? found : null;
  } catch {
    return null; // storage may be switched off
  }
}

/** "zh" or "en". */
export const language = () => current;

/** The words of a key, with {name} replaced. */
export function t(key, values = {}) {
  const words = LANGUAGES[current][key] ?? zh[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Whether a key has words. */
export const has = (key) => key in zh;

/** The words of an object such as {zh, en}. */
export const words = (both) => both?.[current] ?? both?.zh ?? '';

export function setLanguage(chosen) {
  current = chosen;
  try {
    localStorage.setItem(KEPT, chosen);
  } catch {
    // then the choice lasts as long as the page
  }
}

/** Puts the words of the current language into everything marked with data-t. */
export function translatePage() {
  document.documentElement.lang = current === 'zh' ? 'zh-CN' : 'en';
  document.title = t('title');
  for (const node of document.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t);
  for (const [attribute, name] of [['tLabel', 'aria-label'], ['tPlaceholder', 'placeholder']]) {
    const marked = attribute.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    for (const node of document.querySelectorAll(`[data-${marked}]`)) {
      node.setAttribute(name, t(node.dataset[attribute]));
    }
  }
}

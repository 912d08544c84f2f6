// Building the page's elements: text is only ever set as text.

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false && child !== ''));
  return node;
}

/** An HTML element; attributes that begin with "on" are listeners, null and false are left out. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** The element of an id. */
export const byId = (id) => document.getElementById(id);

/** The text of the law and of the case, which stays Chinese in either language. */
export const chinese = (text, tag = 'span', attributes = {}) =>
  el(tag, { lang: 'zh-CN', ...attributes }, text);

/** A collapsible table of rows under a head. */
export function foldedTable(summary, head, rows) {
  return el('details', { class: 'folded' },
    el('summary', {}, summary),
    el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': summary },
      el('table', {},
        el('thead', {}, el('tr', {}, head.map((cell) => el('th', { scope: 'col' }, cell)))),
        el('tbody', {}, rows.map(([first, ...rest]) =>
          el('tr', {}, el('th', { scope: 'row' }, first), rest.map((cell) => el('td', {}, cell))))))));
}

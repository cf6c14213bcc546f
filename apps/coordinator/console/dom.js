// Building elements. Text always goes in as text, so nothing that a host or a log says can become markup.

/**
 * An element with attributes and children. `on…` attributes are listeners; null, undefined and false are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...unknown} children nodes, texts, numbers, and arrays of them
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...present(children));
  return element;
}

const present = (children) =>
  children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

/** Gives an element these children instead of those it has; takes what h() takes. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
}

/** The same for an element that a person may be reading: where its tables are scrolled to, and the focus, stay. */
export function refill(element, ...children) {
  const regions = () => [...element.querySelectorAll('.scroll')];
  const places = new Map(regions().map((region) => [region.ariaLabel, region.scrollLeft]));
  const name = (node) => node.getAttribute('href') ?? node.ariaLabel;
  const focused = element.contains(document.activeElement) ? name(document.activeElement) : null;
  fill(element, ...children);
  for (const region of regions()) region.scrollLeft = places.get(region.ariaLabel) ?? 0;
  if (focused === null) return;
  const again = [...element.querySelectorAll('[href], [aria-label]')].find((node) => name(node) === focused);
  again?.focus({ preventScroll: true });
}

/**
 * A table. A column is `{ title, cell: (row) => child, number?: true, long?: true, hint?: string }`:
 * a number stands at the right, a long text may wrap.
 * It scrolls by itself on a narrow screen, so it can be reached by keyboard.
 */
export function table(caption, columns, rows, empty = 'Nothing here yet.') {
  if (rows.length === 0) return h('p', { class: 'empty' }, empty);
  return h(
    'div',
    { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: 0 },
    h(
      'table',
      {},
      h('caption', { class: 'sr-only' }, caption),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          columns.map((c) => h('th', { scope: 'col', class: classOf(c), title: c.hint }, c.title)),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((row) => tableRow(columns, row)),
      ),
    ),
  );
}

const classOf = (column) => (column.number ? 'number' : column.long ? 'long' : null);

/** One row of such a table. */
export function tableRow(columns, row) {
  return h(
    'tr',
    {},
    columns.map((c) => h('td', { class: classOf(c) }, c.cell(row))),
  );
}

/** A list of facts: `[name, value]`, those without a value left out. */
export function facts(pairs) {
  const present = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return h(
    'dl',
    { class: 'facts' },
    present.map(([name, value]) =>
      h('div', { class: value.length > 100 && 'wide' }, h('dt', {}, name), h('dd', {}, value)),
    ),
  );
}

/** A heading with what stands at its right. */
export function title(text, ...beside) {
  return h('div', { class: 'title' }, h('h1', {}, text), beside);
}

// Building elements. Text always goes in as text, so nothing that a host or a log says can become markup.

/**
 * @typedef {object} Listeners
 * @property {(event: MouseEvent) => unknown} [onclick]
 * @property {(event: KeyboardEvent) => unknown} [onkeydown]
 * @property {(event: Event & { target: HTMLSelectElement | HTMLInputElement }) => unknown} [onchange]
 * @property {(event: Event & { target: HTMLInputElement }) => unknown} [oninput]
 * @property {(event: FocusEvent) => unknown} [onfocusin]
 * @property {(event: SubmitEvent & { target: HTMLFormElement }) => unknown} [onsubmit]
 */

/** @typedef {Record<string, unknown> & Listeners} Attributes */

/**
 * A column of a table: a number stands at the right, a long text may wrap.
 * @template Row
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: Row) => unknown} cell a child as h() takes it
 * @property {boolean} [number]
 * @property {boolean} [long]
 * @property {boolean} [toClick] is of no use on paper
 * @property {string} [hint]
 * @property {string} [sort] under which name the API sorts by it
 */

/**
 * How a table that can be sorted is, and what happens when a person asks for another order.
 * @typedef {object} Ordering
 * @property {() => string} sort with - in front the other way round
 * @property {(by: string) => void} onSort
 */

/** @typedef {[name: string, value: unknown]} Fact a child as h() takes it; null, undefined and '' are left out */

/**
 * An element with attributes and children. `on…` attributes are listeners; null, undefined and false are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...unknown} children nodes, texts, numbers, and arrays of them
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else {
      const text = /** @type {string | number | true} */ (value);
      element.setAttribute(name, text === true ? '' : String(text));
    }
  }
  element.append(...present(children));
  return element;
}

/** @param {unknown[]} children */
const present = (children) =>
  /** @type {(Node | string)[]} the DOM writes numbers as text */ (
    children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false)
  );

/**
 * Gives an element these children instead of those it has; takes what h() takes.
 * @param {HTMLElement} element
 * @param {...unknown} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
}

/**
 * The same for an element that a person may be reading: where its tables are scrolled to, and the focus, stay.
 * @param {HTMLElement} element
 * @param {...unknown} children
 */
export function refill(element, ...children) {
  const regions = () => [...element.querySelectorAll('.scroll')];
  const places = new Map(
    regions().map((region) => [region.ariaLabel, { left: region.scrollLeft, top: region.scrollTop }]),
  );
  /** @param {Element} node */
  const name = (node) => node.getAttribute('href') ?? node.ariaLabel;
  const focused = element.contains(document.activeElement)
    ? name(/** @type {Element} */ (document.activeElement))
    : null;
  fill(element, ...children);
  for (const region of regions()) {
    const place = places.get(region.ariaLabel);
    if (place) region.scrollTo(place.left, place.top);
  }
  if (focused === null) return;
  const named = /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll('[href], [aria-label]'));
  const again = [...named].find((node) => name(node) === focused);
  again?.focus({ preventScroll: true });
}

const rowsOnPage = 40;

/**
 * A table. It scrolls by itself on a narrow screen, so it can be reached by keyboard.
 * @template Row
 * @param {string} caption
 * @param {Column<Row>[]} columns
 * @param {Row[]} rows
 * @param {string} [empty] what stands there without a row
 * @param {Ordering} [ordering] where a click on a column's title sorts
 */
export function table(caption, columns, rows, empty = 'Nothing here yet.', ordering) {
  if (rows.length === 0) return h('p', { class: 'empty' }, empty);
  return h(
    'div',
    // A page must not grow with the fleet: beyond this the table scrolls within itself.
    { class: rows.length > rowsOnPage ? 'scroll tall' : 'scroll', role: 'region', 'aria-label': caption, tabindex: 0 },
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
          columns.map((c) => heading(c, ordering)),
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

/**
 * @param {Column<never>} column
 * @param {Ordering | undefined} ordering
 */
function heading(column, ordering) {
  const { sort, hint, title: text } = column;
  const attributes = { scope: 'col', class: classOf(column), title: hint };
  if (!sort || !ordering) return h('th', attributes, text);
  const now = ordering.sort();
  const order = now === sort ? 'ascending' : now === `-${sort}` ? 'descending' : null;
  const mark = order === 'ascending' ? ' ▲' : order === 'descending' ? ' ▼' : '';
  return h(
    'th',
    { ...attributes, 'aria-sort': order },
    h(
      'button',
      { type: 'button', class: 'sort', 'aria-label': `${text}: sort`, onclick: () => ordering.onSort(sort) },
      text,
      h('span', { 'aria-hidden': 'true' }, mark),
    ),
  );
}

/** @param {Pick<Column<never>, 'number' | 'long' | 'toClick'>} column */
const classOf = (column) => (column.number ? 'number' : column.long ? 'long' : column.toClick ? 'to-click' : null);

/**
 * One row of such a table.
 * @template Row
 * @param {Column<Row>[]} columns
 * @param {Row} row
 */
export function tableRow(columns, row) {
  return h(
    'tr',
    {},
    columns.map((c) => h('td', { class: classOf(c) }, c.cell(row))),
  );
}

/** Letters of a fact's value. Nodes by what they have: where reports are drawn there is no `Node`. @param {unknown} value */
function lengthOf(value) {
  const parts = present([value]);
  return parts
    .map((part) => (typeof part === 'object' && part !== null && 'textContent' in part ? part.textContent : part))
    .join('').length;
}

/**
 * A list of facts, those without a value left out.
 * @param {Fact[]} pairs
 */
export function facts(pairs) {
  const said = pairs.filter(([, value]) => lengthOf(value) > 0);
  return h(
    'dl',
    { class: 'facts' },
    said.map(([name, value]) =>
      h('div', { class: lengthOf(value) > 100 && 'wide' }, h('dt', {}, name), h('dd', {}, value)),
    ),
  );
}

/** What a browser would break within, and of Latin only: words of a script that runs to the left must stay text. */
const ownLine = /^(?=[!-~]+$).+[-/?=].+$/;

/**
 * A text that breaks between its words, and after the commas of a selector, but not within: as after the hyphens of a date.
 * @param {string} text
 */
export const words = (text) =>
  text
    .split(/(\s+)/)
    .flatMap((word) =>
      word
        .split(/(?<=,)(?!$)/)
        .flatMap((term, i) => [i > 0 && h('wbr'), ownLine.test(term) ? h('span', { class: 'word' }, term) : term]),
    );

/** What a person should know before reading on. @param {string} text */
export const note = (text) => h('p', { class: 'warning', role: 'note' }, words(text));

/** The same of several things, in one box. @param {readonly string[]} texts */
export const notes = (texts) =>
  texts.length > 0 &&
  h(
    'div',
    { class: 'warning', role: 'note' },
    texts.map((text) => h('p', {}, words(text))),
  );

/**
 * A heading with what stands at its right.
 * @param {string} text
 * @param {...unknown} beside
 */
export function title(text, ...beside) {
  return h('div', { class: 'title' }, h('h1', { dir: 'auto' }, text), beside);
}

// A listing of the API: searched, filtered and sorted by the coordinator, growing by a page at a time. What is asked stands in the
// address, so that it can be shared and is there again after a step back.
import { ApiProblem, get, isAbort } from './api.js';
import { fill, h, refill, table, tableRow } from './dom.js';
import { listForm, tellAddress } from './list-form.js';
import { loading } from './loading.js';
import { tellAgoAgain } from './format.js';
import { count } from '#wording';
import { problemBox } from './problem-box.js';

/** The most that the API gives at once. */
const pageSize = 200;
/** Rows that are still read again by a list that is live: five requests. */
const liveRows = 1_000;
/** Pages that may come short, as those of a rare type of event do, before a person is asked whether to go on. */
const emptyPages = 4;

/**
 * @template Row
 * @typedef {object} Listing
 * @property {string} caption
 * @property {import('./dom.js').Column<Row>[]} columns
 * @property {string} path of the API
 * @property {Record<string, string>} [query] what is asked whatever a person does
 * @property {URLSearchParams} [address] the address's query; with it, a person can search, filter and sort
 * @property {string} [search] what a search looks in; none without it
 * @property {import('./list-form.js').Filter[]} [filters]
 * @property {string} [usualSort] that the API takes without being asked
 * @property {'cursor' | 'after'} [cursorName]
 * @property {string} [empty] what stands there without a row, when nothing narrows the list
 * @property {AbortSignal} signal
 */

/**
 * @template Row
 * @param {Listing<Row>} of
 * @returns `element`, the table with its form above and its button for the next page below; `shown`, how many rows stand there, in
 *   words; `refresh()`, which reads again as much as is shown, unless that is much or a person has opened something in it.
 */
export function listing(of) {
  const { caption, columns, path, query = {}, address, search, filters = [], empty, signal } = of;
  const { usualSort, cursorName = 'cursor' } = of;
  const names = ['q', 'sort', ...filters.map(({ name }) => name)];
  const asked = new URLSearchParams(
    [...(address ?? [])].filter(([name, value]) => names.includes(name) && value !== ''),
  );
  const shown = h('span', { class: 'quiet', role: 'status' });
  const rows = h('div');
  const button = h('button', { type: 'button', onclick: next }, `Show the next ${pageSize}`);
  const below = h('div', { class: 'actions' });
  /** @type {string | null} */
  let cursor = null;
  /** @type {Row[]} */
  let items = [];
  /** Rows that a person has asked for: fewer may stand there for a moment, when they change places while they are read. */
  let wanted = pageSize;

  /** Ends the reading of what is not asked any more, so that a slow coordinator does not read for each letter of a word. */
  let asking = new AbortController();

  /** @param {string | null} [after] */
  async function read(after) {
    const parameters = new URLSearchParams({ ...query, ...Object.fromEntries(asked), limit: String(pageSize) });
    if (after) parameters.set(cursorName, after);
    return /** @type {import('#contracts').Page<Row>} */ (
      await get(`${path}?${parameters}`, AbortSignal.any([signal, asking.signal]))
    );
  }

  /**
   * Reads and draws follow one another: a refresh and a click may come together.
   * @type {Promise<void>}
   */
  let turn = Promise.resolve();
  /** @param {() => Promise<void> | undefined} work */
  const inTurn = (work) => (turn = turn.then(work, work));

  const sort = () => asked.get('sort') ?? usualSort ?? '';
  const ordering = address && {
    sort,
    /** @param {string} by */
    onSort: (by) => {
      asked.set('sort', by === sort() ? `-${by}` : by);
      if (asked.get('sort') === usualSort) asked.delete('sort');
      void ask();
    },
  };
  const narrowed = () => [...asked.keys()].some((name) => name !== 'sort');

  function drawn() {
    const still = wanted > liveRows ? '; too many to be read again by themselves' : '';
    shown.textContent = `${count(items.length)}${cursor === null ? '' : ' and more'}${still}`;
    fill(below, cursor !== null && button);
  }

  async function readAnew() {
    /** @type {Row[]} */
    const all = [];
    /** @type {import('#contracts').Page<Row> | undefined} */
    let page;
    let reads = 0;
    do {
      page = await read(page?.nextCursor);
      all.push(...page.items);
      reads += 1;
    } while (page.nextCursor !== null && all.length < wanted && reads < wanted / pageSize + emptyPages);
    [items, cursor] = [all, page.nextCursor];
    draw();
    drawn();
  }

  /** What stands there. Where it says the same when it is read again, it stays: to draw 500 rows takes 120 ms of CPU (docs/console.md). */
  let standing = '';

  function draw() {
    const says = JSON.stringify([sort(), narrowed(), items]);
    if (says === standing) tellAgoAgain(rows);
    else refill(rows, table(caption, columns, items, narrowed() ? 'Nothing matches.' : empty, ordering));
    standing = says;
  }

  /** What a person asks for now; what is wrong with it is said in its place, so that it can be put right. */
  async function ask() {
    tellAddress(names, asked);
    wanted = pageSize;
    asking.abort();
    const mine = (asking = new AbortController());
    rows.setAttribute('aria-busy', 'true');
    fill(below, loading('Reading…'));
    try {
      await inTurn(readAnew);
    } catch (error) {
      if (!isAbort(error)) refused(error);
    }
    if (mine === asking) rows.removeAttribute('aria-busy');
  }

  /** @param {unknown} error */
  function refused(error) {
    [items, cursor] = [[], null];
    standing = '';
    shown.textContent = '';
    fill(rows, problemBox(error));
    fill(below);
  }

  async function next() {
    button.disabled = true;
    try {
      await inTurn(async () => {
        if (cursor === null) return;
        const page = await read(cursor);
        const body = rows.querySelector('tbody');
        const added = page.items.map((row) => tableRow(columns, row));
        body?.append(...added);
        items.push(...page.items);
        cursor = page.nextCursor;
        wanted = Math.ceil(items.length / pageSize) * pageSize;
        drawn();
        // The button goes with the last page; the keyboard goes on at the first of the new rows.
        if (cursor === null) added[0]?.querySelector('a')?.focus();
      });
    } catch (error) {
      if (isAbort(error)) return;
      fill(below, button, problemBox(error));
    } finally {
      button.disabled = false;
    }
  }

  const form = address && (search || filters.length > 0) && listForm({ caption, search, filters, asked, ask });

  return {
    element: h('div', { class: 'listing' }, form, rows, below),
    shown,
    asked,
    /** The first page, or what is wrong with what the address asks. */
    async start() {
      try {
        await inTurn(readAnew);
      } catch (error) {
        const byQuestion = error instanceof ApiProblem && [400, 422].includes(error.problem.status);
        if (!byQuestion || (!narrowed() && !asked.has('sort'))) throw error;
        refused(error);
      }
    },
    refresh: () => inTurn(() => (wanted > liveRows || isBeingRead(rows) ? undefined : readAnew())),
    /** For the last time: what a person has opened is read no further. */
    refreshAll: () => inTurn(readAnew),
  };
}

/** Whether a person has something of it open, or is marking text in it. @param {HTMLElement} element */
function isBeingRead(element) {
  const selection = getSelection();
  const marked = selection !== null && !selection.isCollapsed && element.contains(selection.anchorNode);
  return marked || element.querySelector('details[open]') !== null;
}

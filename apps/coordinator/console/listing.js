// A listing of the API as a table that grows by a page at a time.
import { ApiProblem, get, messageOf } from './api.js';
import { fill, h, refill, table, tableRow } from './dom.js';
import { count } from '#wording';
import { problemBox } from './problem-box.js';

/** The most that the API gives at once. */
const pageSize = 200;

/**
 * @template Row
 * @param {{ caption: string, columns: import('./dom.js').Column<Row>[], path: string, query?: Record<string, string>, empty?: string, signal: AbortSignal }} of
 * @returns `element`, the table with its button for the next page; `shown`, how many rows stand there, in words;
 *   `refresh()`, which reads the first page and does nothing once a person has asked for more, because reading all of
 *   them every second would cost more with every page; `refreshAll()`, which reads again as much as is shown.
 */
export function listing({ caption, columns, path, query = {}, empty, signal }) {
  const shown = h('span', { class: 'quiet', role: 'status' });
  const rows = h('div');
  const button = h('button', { type: 'button', onclick: next }, `Show the next ${pageSize}`);
  const below = h('div', { class: 'actions' });
  /** @type {string | null} */
  let cursor = null;
  /** @type {Row[]} */
  let items = [];

  /**
   * @param {string | null} [after]
   * @returns {Promise<import('#contracts').Page<Row>>}
   */
  const read = async (after) => {
    const asked = new URLSearchParams({ ...query, limit: String(pageSize), ...(after && { cursor: after }) });
    return /** @type {import('#contracts').Page<Row>} */ (await get(`${path}?${asked}`, signal));
  };

  /**
   * Reads and draws follow one another: a refresh and a click may come together.
   * @type {Promise<void>}
   */
  let turn = Promise.resolve();
  /** @param {() => Promise<void> | undefined} work */
  const inTurn = (work) => (turn = turn.then(work, work));

  function drawn() {
    shown.textContent = `${count(items.length)}${cursor === null ? '' : ' and more'}`;
    fill(below, cursor !== null && button);
  }

  /** @param {number} atLeast */
  async function readAnew(atLeast) {
    /** @type {Row[]} */
    const all = [];
    /** @type {import('#contracts').Page<Row> | undefined} */
    let page;
    do {
      page = await read(page?.nextCursor);
      all.push(...page.items);
    } while (page.nextCursor !== null && all.length < atLeast);
    [items, cursor] = [all, page.nextCursor];
    refill(rows, table(caption, columns, items, empty));
    drawn();
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
        drawn();
        // The button goes with the last page; the keyboard goes on at the first of the new rows.
        if (cursor === null) added[0]?.querySelector('a')?.focus();
      });
    } catch (error) {
      if (signal.aborted) return;
      fill(
        below,
        button,
        error instanceof ApiProblem ? problemBox(error.problem) : h('p', { role: 'alert' }, messageOf(error)),
      );
    } finally {
      button.disabled = false;
    }
  }

  return {
    element: h('div', {}, rows, below),
    shown,
    refresh: () => inTurn(() => (items.length > pageSize ? undefined : readAnew(1))),
    refreshAll: () => inTurn(() => readAnew(items.length)),
  };
}

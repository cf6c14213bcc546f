// A table whose rows are all there and drawn a piece at a time: 20,000 rows of 14 cells would hold a browser up for seconds.
import { fill, h, table, tableRow } from './dom.js';
import { count } from '#wording';

/** Rows that are drawn at a time; as many as a page of a listing has. */
export const rowsAtOnce = 200;

/**
 * @template Row
 * @param {string} caption
 * @param {import('./dom.js').Column<Row>[]} columns
 * @param {Row[]} rows
 * @param {{ rows: number }} drawn how many stand there; outlives the table, which is drawn again while a job runs
 * @param {string} [empty] what stands there without a row
 */
export function longTable(caption, columns, rows, drawn, empty) {
  const shown = table(caption, columns, rows.slice(0, drawn.rows), empty);
  if (rows.length <= drawn.rows) return shown;
  const below = h('div', { class: 'actions' });
  const button = h('button', { type: 'button', onclick: more });
  const tell = () => {
    button.textContent = `Show the next ${rowsAtOnce} of ${count(rows.length)} rows`;
    fill(below, drawn.rows < rows.length && button);
  };
  function more() {
    const added = rows.slice(drawn.rows, drawn.rows + rowsAtOnce).map((row) => tableRow(columns, row));
    shown.querySelector('tbody')?.append(...added);
    drawn.rows += rowsAtOnce;
    tell();
    // The button goes with the last piece; the keyboard goes on at the first of the new rows.
    if (!button.isConnected) added[0]?.querySelector('a')?.focus();
  }
  tell();
  return [shown, below];
}

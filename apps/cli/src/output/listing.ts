import { none } from '#wording';
import { type Column, type Look, shownColumns } from './columns.js';
import { table, wrapped } from './format.js';

/** What `-o` draws as a table, one row each: the one description that every format is made from. */
export interface Listing<Row> {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** What other commands take for it: `-o name`, where rows of the same name are one line. */
  name: (row: Row) => string;
}

/** Those that know of rows only; `table`, `wide` and `json` have more to show. */
/** Rows that a terminal shows at once; of more, some are shown, or what varies in them. */
export const rowsOfATerminal = 24;

export type RowFormat = 'name' | 'csv' | 'markdown';

/** As narrow as a column is cut, unless its head is wider; below that it says nothing any more. */
const narrowest = 6;

/** As much of a text that may be cut as should be seen, before columns that can be spared are. */
const legibleLength = 16;

/** Columns that a text takes, as terminals draw it: marks that join a letter take none, East Asian letters and emoji two. */
const wideLetters =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const columnsOf = (letter: string): number => (/\p{M}/u.test(letter) ? 0 : wideLetters.test(letter) ? 2 : 1);
const lengthOf = (text: string): number => {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return [...text].reduce((sum, letter) => sum + columnsOf(letter), 0);
};

function cutTo(text: string, length: number): string {
  if (lengthOf(text) <= length) return text;
  let [kept, used] = ['', 1];
  for (const letter of text) {
    used += columnsOf(letter);
    if (used > length) break;
    kept += letter;
  }
  return `${kept}…`;
}

/** Texts of a column within that width. Where the beginning alone would make different ones alike, the end stays too. */
function cutAlike(texts: readonly string[], length: number): string[] {
  const cut = texts.map((text) => cutTo(text, length));
  if (new Set(cut).size === new Set(texts).size || length < narrowest) return cut;
  return texts.map((text) => {
    if (lengthOf(text) <= length) return text;
    const letters = [...text];
    const end = letters.slice(-Math.floor((length - 1) / 2)).join('');
    return lengthOf(end) >= length - 1 ? cutTo(text, length) : cutTo(text, length - lengthOf(end)) + end;
  });
}

const widthsOf = <Row>(columns: readonly Column<Row>[], cells: readonly string[][]): number[] =>
  columns.map(({ head }, i) =>
    cells.reduce((most, row) => Math.max(most, lengthOf(row[i] ?? '')), lengthOf(head.trim())),
  );

const lineWidth = (widths: readonly number[]): number =>
  widths.reduce((sum, one) => sum + one, 2 * (widths.length - 1));

/** The columns without those that can be spared and have no room, the rightmost first. */
function columnsWithRoom<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): readonly Column<Row>[] {
  const widths = widthsOf(
    columns,
    rows.map((row) => columns.map(({ of }) => of(row))),
  ).map((one, i) => (columns[i]?.cut === true ? Math.min(one, legibleLength) : one));
  const last = columns.map(({ spare }) => spare === true).lastIndexOf(true);
  return last === -1 || lineWidth(widths) <= width
    ? columns
    : columnsWithRoom(
        columns.filter((_, i) => i !== last),
        rows,
        width,
      );
}

/** Which columns had no room; of one that has the same in every row, what it has. */
function leftOutLine<Row>(left: readonly Column<Row>[], rows: readonly Row[], look: Look): string {
  const told = left.map(({ head, of }) => {
    const [value, ...others] = new Set(rows.map(of));
    return others.length === 0 ? `${head.trim()} (${value ?? none})` : head.trim();
  });
  return wrapped(`no room for ${told.join(', ')}: -o wide`, '', look);
}

/** Cells that fit into so many columns, as far as cutting those columns goes that may be cut: the widest first. */
function fitted<Row>(columns: readonly Column<Row>[], cells: string[][], width: number): string[][] {
  const widths = widthsOf(columns, cells);
  let over = lineWidth(widths) - width;
  const cuttable = columns.flatMap(({ cut }, i) => (cut === true ? [i] : []));
  for (const i of cuttable.sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))) {
    if (over <= 0) break;
    const now = widths[i] ?? 0;
    const cut = Math.max(0, Math.min(over, now - Math.max(narrowest, lengthOf(columns[i]?.head.trim() ?? ''))));
    widths[i] = now - cut;
    over -= cut;
  }
  const byColumn = columns.map((_, i) => {
    const texts = cells.map((row) => row[i] ?? '');
    return cuttable.includes(i) ? cutAlike(texts, widths[i] ?? 0) : texts;
  });
  return cells.map((_, r) => byColumn.map((texts) => texts[r] ?? ''));
}

const asItIs = (text: string): string => text;

/** The rows one below the other, a line a column: for a terminal that no table fits. */
function recordsText<Row>(columns: readonly Column<Row>[], rows: readonly Row[], look: Look): string {
  const line = (row: Row, { head, of, paint }: Column<Row>): string =>
    paint === undefined
      ? wrapped(`${head.trim()}: ${of(row)}`, '', look, '  ')
      : `${head.trim()}: ${paint(of(row), row, look.paint)}`;
  return rows.map((row) => columns.map((column) => line(row, column)).join('\n')).join('\n\n');
}

/** The rows as a table for people: what fits, or with `wide` all. Where not even that fits, the rows one below the other. */
export function tableText<Row>({ columns, rows }: Pick<Listing<Row>, 'columns' | 'rows'>, look: Look): string {
  const wanted = shownColumns(columns, rows, look.wide);
  const width = look.wide ? null : look.width;
  const shown = width === null ? wanted : columnsWithRoom(wanted, rows, width);
  const cells = rows.map((row) => shown.map(({ of }) => of(row)));
  const fit = width === null ? cells : fitted(shown, cells, width);
  // The width would have been kept only by cutting what must not be cut; a terminal would break every line somewhere.
  if (width !== null && lineWidth(widthsOf(shown, fit)) > width) return recordsText(wanted, rows, look);
  const drawn = table(
    shown.map(({ head }) => head),
    rows.map((row, r) => shown.map(({ paint }, c) => (paint ?? asItIs)(fit[r]?.[c] ?? '', row, look.paint))),
  );
  const left = wanted.filter((column) => !shown.includes(column));
  return left.length === 0 ? drawn : `${drawn}\n${leftOutLine(left, rows, look)}`;
}

/**
 * A value of RFC 4180. A text that a spreadsheet would calculate gets an apostrophe before it, as spreadsheets themselves write it; a
 * number is left as it is.
 */
function csvField(value: string | number | null): string {
  if (value === null || value === none) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Text that stays text in a Markdown cell. */
const markdownCell = (text: string): string => text.replace(/[\\|<[*`]/g, '\\$&');
const markdownRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The selector of what a row of these fields stands for. */
export const selectorOf = (fields: readonly string[], values: Readonly<Record<string, string | null>>): string =>
  fields
    .map((field) => {
      const value = values[field] ?? null;
      return value === null ? `!${field}` : `${field}=${value}`;
    })
    .join(',');

const rawOf = <Row>({ raw, of }: Column<Row>, row: Row): string | number | null =>
  raw === undefined ? of(row) : raw(row);

/**
 * The rows in a format for programs and documents. `-o csv` and `-o markdown` have every column, in the same order whatever the rows are.
 *
 * @param headed false: the rows of a later page
 */
export function rowsText<Row>({ columns, rows, name }: Listing<Row>, format: RowFormat, headed = true): string {
  switch (format) {
    case 'name':
      return [...new Set(rows.map(name))].join('\n');
    case 'csv':
      return [
        ...(headed ? [columns.map(({ head }) => csvField(head.trim()))] : []),
        ...rows.map((row) => columns.map((column) => csvField(rawOf(column, row)))),
      ]
        .map((fields) => fields.join(','))
        .join('\n');
    case 'markdown':
      return [
        ...(headed
          ? [
              markdownRow(columns.map(({ head }) => markdownCell(head.trim()))),
              markdownRow(columns.map(({ head }) => (head.endsWith(' ') ? '---:' : '---'))),
            ]
          : []),
        ...rows.map((row) => markdownRow(columns.map(({ of }) => markdownCell(of(row))))),
      ].join('\n');
  }
}

import { noColours, type Paint } from './colours.js';

/** How the place that text goes to can show it. */
export interface Look {
  /** Every column, also those that `-o table` leaves out to fit. */
  wide: boolean;
  /** Columns of the terminal; null for a pipe or a file, where nothing is cut. */
  width: number | null;
  paint: Paint;
}

/** Of a pipe. */
export const plainLook: Look = { wide: false, width: null, paint: noColours };

/** A column of a table, and when it is left out. */
export interface Column<Row> {
  /** Ends in a blank where the column is of numbers, as for `table`. */
  head: string;
  of: (row: Row) => string;
  /** For programs (`-o csv`), where what people read is rounded or grouped; null where there is no value. */
  raw?: (row: Row) => string | number | null;
  /** Only with `-o wide`, and for programs. */
  wide?: boolean;
  /** Its colour on a terminal. */
  paint?: (text: string, row: Row, paint: Paint) => string;
  /** May be cut where the terminal is narrow. */
  cut?: boolean;
  /** Left out where the terminal is too narrow for all columns, the rightmost first; a line below the table says so. */
  spare?: boolean;
  /** Left out where every row has the same. */
  onlyWhereItDiffers?: boolean;
  /** Whether a row has something to say in it; left out without one. */
  onlyWhereSome?: (row: Row) => boolean;
}

/** A column of numbers: as they are for programs, in words for people. */
export function numbers<Row>(
  head: string,
  raw: (row: Row) => number | null,
  words: (value: number | null) => string,
  rest: Omit<Column<Row>, 'head' | 'of' | 'raw'> = {},
): Column<Row> {
  return { head: `${head} `, of: (row) => words(raw(row)), raw, ...rest };
}

/** The columns that these rows need. */
export function shownColumns<Row>(columns: readonly Column<Row>[], rows: readonly Row[], wide = false): Column<Row>[] {
  return columns.filter(
    ({ of, wide: onlyWide = false, onlyWhereItDiffers = false, onlyWhereSome = () => true }) =>
      (wide || !onlyWide) &&
      rows.some(onlyWhereSome) &&
      (!onlyWhereItDiffers || wide || new Set(rows.map(of)).size > 1),
  );
}

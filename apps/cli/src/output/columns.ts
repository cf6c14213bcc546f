/** A column of a table, and when it is left out. */
export interface Column<Row> {
  /** Ends in a blank where the column is of numbers, as for `table`. */
  head: string;
  of: (row: Row) => string;
  /** Left out where every row has the same. */
  onlyWhereItDiffers?: boolean;
  /** Whether a row has something to say in it; left out without one. */
  onlyWhereSome?: (row: Row) => boolean;
}

/** The columns that these rows need. */
export function shownColumns<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Column<Row>[] {
  return columns.filter(
    ({ of, onlyWhereItDiffers = false, onlyWhereSome = () => true }) =>
      rows.some(onlyWhereSome) && (!onlyWhereItDiffers || new Set(rows.map(of)).size > 1),
  );
}

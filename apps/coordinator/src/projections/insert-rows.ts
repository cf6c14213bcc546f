import type { Transaction } from '#event-store';

/** Rows of one statement: some megabytes of JSON at most. */
const rowsAtOnce = 5_000;

const columnOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const hexOf = (bytes: unknown): string => `\\x${Buffer.from(bytes as Uint8Array).toString('hex')}`;

/** @throws RangeError for a number that JSON has no word for: `JSON.stringify` would make it null. */
function refuseUnlessFinite(table: string, field: string, value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError(`${field} of a row of ${table} is ${value}, which no column takes`);
}

/**
 * Inserts rows, as many as there are, in one statement for each 5,000: Prisma's `createMany` takes a parameter a field,
 * which for rows of twenty columns costs twenty times the CPU. A row that stands there already is left alone.
 *
 * @param columns the SQL type of each field; the column has its name with underscores, and one left out takes its default.
 * @param rows records that JSON carries, and bytes.
 * @throws RangeError for NaN and infinity.
 */
export async function insertRows<Row extends object>(
  tx: Transaction,
  table: string,
  columns: Readonly<Record<keyof Row & string, string>>,
  rows: readonly Row[],
): Promise<void> {
  const names = Object.keys(columns).map(columnOf).join(', ');
  const fields = Object.keys(columns)
    .map((field) => `"${field}"`)
    .join(', ');
  const typed = Object.entries<string>(columns)
    .map(([field, type]) => `"${field}" ${type}`)
    .join(', ');
  const bytes = new Set(Object.keys(columns).filter((field) => columns[field as keyof Row & string] === 'bytea'));
  const asJson = (row: Row): string => {
    for (const [field, value] of Object.entries(row)) refuseUnlessFinite(table, field, value);
    if (bytes.size === 0) return JSON.stringify(row);
    const fields = Object.entries<unknown>(row as Record<string, unknown>).map(([field, value]) => [
      field,
      bytes.has(field) ? hexOf(value) : value,
    ]);
    return JSON.stringify(Object.fromEntries(fields));
  };
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await tx.$executeRawUnsafe(
      `INSERT INTO ${table} (${names}) SELECT ${fields} FROM jsonb_to_recordset($1::jsonb) AS r (${typed}) ON CONFLICT DO NOTHING`,
      `[${rows
        .slice(from, from + rowsAtOnce)
        .map(asJson)
        .join()}]`,
    );
  }
}

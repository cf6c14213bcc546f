/** Bytes of one day in `series_months.medians` and `.quartiles` (projections/series-months.table.ts). */
const medianBytes = 20;
const quartileBytes = 32;

/**
 * Walks through blocks of a host's number (int4), its days as bits (int4) and a record for each of them, all big-endian.
 *
 * @param take given the offset of each record; `day` counts from the month's first, 0
 */
function walk(view: DataView, recordBytes: number, take: (host: number, day: number, at: number) => void): void {
  let at = 0;
  while (at < view.byteLength) {
    const host = view.getInt32(at);
    let days = view.getInt32(at + 4);
    at += 8;
    while (days !== 0) {
      const first = days & -days;
      take(host, 31 - Math.clz32(first), at);
      at += recordBytes;
      days ^= first;
    }
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** @param take ns is NaN where it is not known */
export function readMedians(
  blocks: Uint8Array,
  take: (host: number, day: number, runs: number, cycles: number, ns: number) => void,
): void {
  const view = viewOf(blocks);
  walk(view, medianBytes, (host, day, at) =>
    take(host, day, view.getInt32(at), view.getFloat64(at + 4), view.getFloat64(at + 12)),
  );
}

/** The first and the third quartile, over a host's runs. */
export interface Quartiles {
  cycles: [number, number];
  /** NaN where they are not known. */
  ns: [number, number];
}

export function readQuartiles(blocks: Uint8Array, take: (day: number, quartiles: Quartiles) => void): void {
  const view = viewOf(blocks);
  walk(view, quartileBytes, (_, day, at) =>
    take(day, {
      cycles: [view.getFloat64(at), view.getFloat64(at + 8)],
      ns: [view.getFloat64(at + 16), view.getFloat64(at + 24)],
    }),
  );
}

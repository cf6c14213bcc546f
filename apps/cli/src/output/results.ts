import { count, counted, cycles, nanoseconds, guestText } from '#wording';
import { type JobResultRow, type JobResults, measureName } from '#contracts';
import { bootTexts } from './boot.js';
import { type Column, type Look, numbers, plainLook } from './columns.js';
import { wrapped } from './format.js';
import { type Listing, tableText } from './listing.js';
import { floorLines, noiseLines } from './noise.js';

function columnsOf(rows: readonly JobResultRow[]): Column<JobResultRow>[] {
  const boots = bootTexts(rows);
  const boot = new Map(rows.map((row, i) => [row, boots?.[i] ?? '']));
  return [
    { head: 'host', of: ({ hostId }) => hostId, cut: true },
    { head: 'boot', of: (row) => boot.get(row) ?? '', cut: true, onlyWhereSome: () => boots !== null },
    { head: 'generation', of: ({ generation }) => generation, cut: true },
    { head: 'where', of: ({ virtualization }) => virtualization, spare: true },
    { head: 'kernel', of: ({ kernel }) => kernel, wide: true },
    { head: 'executor', of: ({ executor }) => executor, onlyWhereItDiffers: true },
    { head: 'probe', of: ({ probe, metric }) => measureName(probe, metric) },
    numbers('runs', ({ runs }) => runs, count),
    numbers('samples', ({ samples }) => samples, count, { spare: true }),
    numbers('lost', ({ lost }) => lost, count),
    numbers('p5', ({ p5Cycles }) => p5Cycles, cycles, { spare: true }),
    numbers('p50', ({ p50Cycles }) => p50Cycles, cycles),
    numbers('p99', ({ p99Cycles }) => p99Cycles, cycles),
    numbers('p50 ns', ({ p50Ns }) => p50Ns, nanoseconds),
    { head: 'provenance', of: ({ provenance }) => provenance, spare: true },
  ];
}

/** `-o name` is the host. */
export const resultsListing = ({ rows }: Pick<JobResults, 'rows'>): Listing<JobResultRow> => ({
  ...{ columns: columnsOf(rows), rows, name: ({ hostId }) => hostId },
});

/** A job's result table, and what gave no result with its remedy. */
export function resultsText({ rows, failures }: JobResults, look: Look = plainLook): string {
  const parts = [
    rows.length === 0
      ? 'no run has completed'
      : `${tableText(resultsListing({ rows }), look)}\np5, p50, p99 in TSC cycles`,
    ...[...noiseLines(rows), ...floorLines(rows)].map((note) => wrapped(note, '', look, '  ')),
  ];
  for (const failure of failures) {
    const where = failure.guest === null ? failure.hostId : `${failure.hostId} (${guestText(failure.guest)})`;
    const what = `${where}: ${counted(failure.runs, `${failure.probe} run`)} ${failure.state}`;
    const { code, message, remedy } = failure.failure ?? {};
    parts.push(wrapped(code === undefined ? what : `${what} (${code}): ${message}`, '', look, '  '));
    if (remedy !== undefined) parts.push(wrapped(`→ ${remedy}`, '  ', look, '    '));
  }
  return parts.join('\n');
}

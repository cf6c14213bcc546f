import { count, counted, cycles, nanoseconds, guestText } from '#wording';
import { type JobResults, measureName } from '#contracts';
import { bootTexts } from './boot.js';
import { table } from './format.js';
import { floorLines, noiseLines } from './noise.js';

/** A job's result table, and what gave no result with its remedy. */
export function resultsText({ rows, failures }: JobResults): string {
  const boots = bootTexts(rows);
  const severalExecutors = new Set(rows.map(({ executor }) => executor)).size > 1;
  const head = [
    'host',
    ...(boots === null ? [] : ['boot']),
    'generation',
    'where',
    ...(severalExecutors ? ['executor'] : []),
    'probe',
    'runs ',
    'samples ',
    'lost ',
    'p5 ',
    'p50 ',
    'p99 ',
    'p50 ns ',
    'provenance',
  ];
  const body = rows.map((row, index) => [
    row.hostId,
    ...(boots === null ? [] : [boots[index] ?? '']),
    row.generation,
    row.virtualization,
    ...(severalExecutors ? [row.executor] : []),
    measureName(row.probe, row.metric),
    count(row.runs),
    count(row.samples),
    count(row.lost),
    cycles(row.p5Cycles),
    cycles(row.p50Cycles),
    cycles(row.p99Cycles),
    nanoseconds(row.p50Ns),
    row.provenance,
  ]);
  const parts = [
    body.length === 0 ? 'no run has completed' : `${table(head, body)}\np5, p50, p99 in TSC cycles`,
    ...noiseLines(rows),
    ...floorLines(rows),
  ];
  for (const failure of failures) {
    const where = failure.guest === null ? failure.hostId : `${failure.hostId} (${guestText(failure.guest)})`;
    const what = `${where}: ${counted(failure.runs, `${failure.probe} run`)} ${failure.state}`;
    parts.push(
      failure.failure === null
        ? what
        : `${what} (${failure.failure.code}): ${failure.failure.message}\n  → ${failure.failure.remedy}`,
    );
  }
  return parts.join('\n');
}

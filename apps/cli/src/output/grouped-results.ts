import { count, cycles, nanoseconds, noisyHostsNote, none } from '#wording';
import { type GroupedResultRow, type GroupedResults, measureName } from '#contracts';
import { type Column, shownColumns } from './columns.js';
import { table } from './format.js';

/** `askedAs`: the name of a column in selectors, where that is another. */
function columnsOf(by: readonly string[]): (Column<GroupedResultRow> & { askedAs?: string })[] {
  return [
    ...by.map((name): Column<GroupedResultRow> => ({ head: name, of: (row) => row.by[name] ?? none })),
    { head: 'probe', of: ({ probe, metric }) => measureName(probe, metric) },
    { head: 'where', askedAs: 'virt', of: ({ virtualization }) => virtualization, onlyWhereItDiffers: true },
    { head: 'kpti', of: ({ kpti }) => kpti, onlyWhereItDiffers: true },
    { head: 'executor', of: ({ executor }) => executor, onlyWhereItDiffers: true },
    { head: 'hosts ', of: ({ hosts }) => count(hosts) },
    { head: 'noisy ', of: ({ noisyHosts }) => count(noisyHosts), onlyWhereSome: ({ noisyHosts }) => noisyHosts > 0 },
    { head: 'runs ', of: ({ runs }) => count(runs) },
    { head: 'copies ', of: ({ copies }) => count(copies), onlyWhereItDiffers: true },
    { head: 'p50 ', of: ({ p50Cycles }) => cycles(p50Cycles) },
    { head: 'q1 ns ', of: ({ q1Ns }) => nanoseconds(q1Ns) },
    { head: 'p50 ns ', of: ({ p50Ns }) => nanoseconds(p50Ns) },
    { head: 'q3 ns ', of: ({ q3Ns }) => nanoseconds(q3Ns) },
    { head: 'provenance', of: ({ provenance }) => provenance },
  ];
}

/** A line for each group; what all have in common and was not asked for is left out. */
export function groupedResultsText({ by, rows, cut }: GroupedResults): string {
  if (rows.length === 0) return 'no completed run matches';
  // What was asked for stands there already, under the name that it was asked by.
  const [asked, own] = [columnsOf(by).slice(0, by.length), columnsOf(by).slice(by.length)];
  const columns = [...asked, ...own.filter(({ head, askedAs = head }) => !by.includes(askedAs))];
  const shown = shownColumns(columns, rows);
  return [
    table(
      shown.map(({ head }) => head),
      rows.map((row) => shown.map(({ of }) => of(row))),
    ),
    ...(rows.some(({ noisyHosts }) => noisyHosts > 0) ? [noisyHostsNote] : []),
    'p50: median over the hosts of each host’s median, TSC cycles; q1, q3: quartiles over the hosts',
    ...(cut ? [`only the first ${count(rows.length)} groups: narrow it with --selector, or name fewer fields`] : []),
  ].join('\n');
}

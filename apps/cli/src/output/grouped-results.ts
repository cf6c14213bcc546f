import { count, counted, cycles, nanoseconds, noisyHostsNote, none } from '#wording';
import { type GroupedResultRow, type GroupedResults, measureName } from '#contracts';
import { type Column, type Look, numbers, plainLook } from './columns.js';
import { wrapped } from './format.js';
import { type Listing, rowsOfATerminal, selectorOf, tableText } from './listing.js';

/** `askedAs`: the name of a column in selectors, where that is another. */
function columnsOf(by: readonly string[]): (Column<GroupedResultRow> & { askedAs?: string })[] {
  return [
    ...by.map((name): Column<GroupedResultRow> => ({ head: name, of: (row) => row.by[name] ?? none })),
    { head: 'probe', of: ({ probe, metric }) => measureName(probe, metric) },
    { head: 'where', askedAs: 'virt', of: ({ virtualization }) => virtualization, onlyWhereItDiffers: true },
    { head: 'kpti', of: ({ kpti }) => kpti, onlyWhereItDiffers: true },
    { head: 'executor', of: ({ executor }) => executor, onlyWhereItDiffers: true },
    numbers('hosts', ({ hosts }) => hosts, count),
    numbers('noisy', ({ noisyHosts }) => noisyHosts, count, { onlyWhereSome: ({ noisyHosts }) => noisyHosts > 0 }),
    numbers('runs', ({ runs }) => runs, count),
    numbers('copies', ({ copies }) => copies, count, { onlyWhereItDiffers: true }),
    numbers('samples', ({ samples }) => samples, count, { wide: true }),
    numbers('q1', ({ q1Cycles }) => q1Cycles, cycles, { wide: true }),
    numbers('p50', ({ p50Cycles }) => p50Cycles, cycles),
    numbers('q3', ({ q3Cycles }) => q3Cycles, cycles, { wide: true }),
    numbers('q1 ns', ({ q1Ns }) => q1Ns, nanoseconds, { spare: true }),
    numbers('p50 ns', ({ p50Ns }) => p50Ns, nanoseconds),
    numbers('q3 ns', ({ q3Ns }) => q3Ns, nanoseconds, { spare: true }),
    { head: 'provenance', of: ({ provenance }) => provenance, spare: true },
  ];
}

/** What the rows of a group are told apart by, beside what was asked for. */
const ownFields = {
  virt: ({ virtualization }: GroupedResultRow) => virtualization,
  kpti: ({ kpti }: GroupedResultRow) => kpti,
  executor: ({ executor }: GroupedResultRow) => executor,
  provenance: ({ provenance }: GroupedResultRow) => provenance,
};

/** `-o name` is a selector of the row's runs. */
export function groupedResultsListing({ by, rows }: GroupedResults): Listing<GroupedResultRow> {
  // What was asked for stands there already, under the name that it was asked by.
  const [asked, own] = [columnsOf(by).slice(0, by.length), columnsOf(by).slice(by.length)];
  const columns = [...asked, ...own.filter(({ head, askedAs = head }) => !by.includes(askedAs))];
  const differing = Object.entries(ownFields).filter(
    ([field, of]) => !by.includes(field) && new Set(rows.map(of)).size > 1,
  );
  const fields = [...by, ...differing.map(([field]) => field)];
  const valuesOf = (row: GroupedResultRow) => Object.fromEntries(differing.map(([field, of]) => [field, of(row)]));
  return { columns, rows, name: (row) => selectorOf(fields, { ...row.by, ...valuesOf(row) }) };
}

/** A line for each group; what all have in common and was not asked for is left out. `all`: however many they are. */
export function groupedResultsText(results: GroupedResults, look: Look = plainLook, all = false): string {
  const { rows, cut } = results;
  if (rows.length === 0) return 'no completed run matches';
  const shown = all ? rows : rows.slice(0, rowsOfATerminal);
  const left = rows.length - shown.length;
  return [
    tableText(groupedResultsListing({ ...results, rows: shown }), look),
    ...[
      ...(left > 0 ? [`… ${counted(left, 'group')} more: --all`] : []),
      ...(rows.some(({ noisyHosts }) => noisyHosts > 0) ? [noisyHostsNote] : []),
      'p50: median over the hosts of each host’s median, TSC cycles; q1, q3: quartiles over the hosts',
      ...(cut ? [`only the first ${count(rows.length)} groups: narrow it with --selector, or name fewer fields`] : []),
    ].map((note) => wrapped(note, '', look)),
  ].join('\n');
}

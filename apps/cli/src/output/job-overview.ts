import { bootText, change, count, counted, cycles, nanoseconds, virtualizationName } from '#wording';
import { type JobGroup, type JobOverview, measureName } from '#contracts';
import { table } from './format.js';

/** A column, and whether it is left out where every row has the same. */
interface Column {
  head: string;
  of: (group: JobGroup) => string;
  onlyWhereItDiffers?: boolean;
}

const columns: readonly Column[] = [
  { head: 'generation', of: ({ generation }) => generation },
  { head: 'where', of: ({ virtualization }) => virtualizationName[virtualization], onlyWhereItDiffers: true },
  { head: 'kernel', of: bootText, onlyWhereItDiffers: true },
  { head: 'executor', of: ({ executor }) => executor, onlyWhereItDiffers: true },
  { head: 'probe', of: ({ probe, metric }) => measureName(probe, metric) },
  { head: 'hosts ', of: ({ hosts }) => count(hosts) },
  { head: 'runs ', of: ({ runs }) => count(runs) },
  { head: 'lost ', of: ({ lost }) => count(lost), onlyWhereItDiffers: true },
  { head: 'p50 ', of: ({ p50Cycles }) => cycles(p50Cycles) },
  { head: 'p50 ns ', of: ({ p50Ns }) => nanoseconds(p50Ns) },
  { head: 'lowest ', of: ({ lowestRatio }) => change(lowestRatio) },
  { head: 'highest ', of: ({ highestRatio }) => change(highestRatio) },
  { head: 'odd ', of: ({ oddHosts }) => count(oddHosts) },
  { head: 'provenance', of: ({ provenance }) => provenance, onlyWhereItDiffers: true },
];

function oddLines(group: JobGroup): string[] {
  const { odd, oddHosts, generation, probe, metric } = group;
  if (odd.length === 0) return [];
  const more = oddHosts - new Set(odd.map(({ hostId }) => hostId)).size;
  const said = odd.map(({ hostId, ratio, p50Cycles }) => `${hostId} ${change(ratio)} (p50 ${cycles(p50Cycles)})`);
  const text = [...said, ...(more > 0 ? [`and ${count(more)} more`] : [])].join(', ');
  return [`! far from the other ${generation} in ${measureName(probe, metric)}: ${text}`];
}

/** What makes the figures of a group less than they seem. */
function noiseLines({ noisyHosts, flaggedHosts, hosts, generation, probe, metric }: JobGroup): string[] {
  const said = [
    ...(noisyHosts > 0 ? [`${count(noisyHosts)} not on a quiet machine`] : []),
    ...(flaggedHosts > 0 ? [`${count(flaggedHosts)} of noise grade D`] : []),
  ];
  if (said.length === 0) return [];
  return [`! of ${counted(hosts, `${generation} host`)} in ${measureName(probe, metric)}: ${said.join(', ')}`];
}

function failureLines({ failures }: JobOverview): string[] {
  return failures.flatMap(({ probe, runs, hosts, hostIds, state, failure }) => {
    const more = hosts - hostIds.length;
    const where = `${hostIds.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`;
    const what = `${counted(runs, `${probe} run`)} ${state} on ${counted(hosts, 'host')} (${where})`;
    if (failure === null) return [what];
    return [`${what}, ${failure.code}: ${failure.message}`, `  → ${failure.remedy}`];
  });
}

/** A job's result by what varies in it; `all` is the command that lists every host. */
export function jobOverviewText(overview: JobOverview, all: string): string {
  const { groups, rows } = overview;
  const shown = columns.filter(
    ({ of, onlyWhereItDiffers = false }) => !onlyWhereItDiffers || new Set(groups.map(of)).size > 1,
  );
  const provenances = [...new Set(groups.map(({ provenance }) => provenance))];
  const parts = [
    groups.length === 0
      ? 'no run has completed'
      : table(
          shown.map(({ head }) => head),
          groups.map((group) => shown.map(({ of }) => of(group))),
        ),
    ...(groups.length === 0
      ? []
      : [
          `p50: median over the hosts of each host’s median, TSC cycles; lowest, highest: of the hosts${provenances.length === 1 ? `; ${provenances.join('')}` : ''}`,
        ]),
    ...groups.flatMap((group) => [...oddLines(group), ...noiseLines(group)]),
    ...failureLines(overview),
    `… ${counted(rows, 'row')}, one a host and metric: ${all}`,
  ];
  return parts.join('\n');
}

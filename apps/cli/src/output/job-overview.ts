import { change, count, counted, cycles, nanoseconds, none, onOff } from '#wording';
import { type JobGroup, type JobOverview, measureName } from '#contracts';
import { type Column, type Look, numbers, plainLook, shownColumns } from './columns.js';
import { wrapped } from './format.js';
import { tableText } from './listing.js';

/** Lines of the table, and reasons of failures, unless `-o wide` asks for all: with the rest they are under 60 lines of 80 columns. */
const groupsListed = 16;
const reasonsListed = 2;
/** Characters of a reason or a remedy; a run shows its own in full. */
const wordsOfReason = 100;

/** Groups with hosts far from the rest that are named; the others are counted. */
const groupsWithOddHosts = 3;

const columns: readonly Column<JobGroup>[] = [
  { head: 'generation', of: ({ generation }) => generation, cut: true },
  { head: 'where', of: ({ virtualization }) => virtualization, onlyWhereItDiffers: true },
  { head: 'kernel', of: ({ kernel }) => kernel, onlyWhereItDiffers: true, cut: true },
  { head: 'kpti', of: ({ kpti }) => onOff(kpti), onlyWhereItDiffers: true },
  { head: 'cpu model', of: ({ cpuModel }) => cpuModel ?? none, onlyWhereItDiffers: true, cut: true },
  { head: 'boot options', of: ({ bootOptions }) => bootOptions ?? none, onlyWhereItDiffers: true, cut: true },
  { head: 'executor', of: ({ executor }) => executor, onlyWhereItDiffers: true, spare: true },
  { head: 'provenance', of: ({ provenance }) => provenance, onlyWhereItDiffers: true, spare: true },
  { head: 'probe', of: ({ probe, metric }) => measureName(probe, metric) },
  numbers('hosts', ({ hosts }) => hosts, count),
  numbers('runs', ({ runs }) => runs, count, { spare: true }),
  numbers('p50', ({ p50Cycles }) => p50Cycles, cycles),
  numbers('p99', ({ p99Cycles }) => p99Cycles, cycles, { wide: true }),
  numbers('ns', ({ p50Ns }) => p50Ns, nanoseconds),
  { head: 'lowest ', of: ({ lowestRatio }) => change(lowestRatio) },
  { head: 'highest ', of: ({ highestRatio }) => change(highestRatio) },
];

/** The farthest of a group's odd hosts, as a distance. */
const farthest = ({ odd }: JobGroup): number => Math.abs(Math.log(odd[0]?.ratio ?? 1));

/** Hosts far from the rest of their group, the farthest group first. */
function oddLines(groups: readonly JobGroup[], shown: readonly Column<JobGroup>[]): string[] {
  const kinds = shown.filter(({ head }) => !head.endsWith(' '));
  const withOdd = groups.filter(({ odd }) => odd.length > 0).sort((a, b) => farthest(b) - farthest(a));
  const lines = withOdd.slice(0, groupsWithOddHosts).map((group) => {
    const { odd, oddHosts } = group;
    const more = oddHosts - new Set(odd.map(({ hostId }) => hostId)).size;
    const hosts = odd.map(({ hostId, ratio }) => `${hostId} ${change(ratio)}`);
    const kind = kinds.map(({ of }) => of(group)).join(' ');
    return `! far from the other ${kind}: ${[...hosts, ...(more > 0 ? [`${count(more)} more`] : [])].join(', ')}`;
  });
  const left = withOdd.length - lines.length;
  return [...lines, ...(left > 0 ? [`! and in ${counted(left, 'other line')} of the table`] : [])];
}

/** What makes the figures less than they seem. */
function noiseLines(groups: readonly JobGroup[]): string[] {
  const most = (name: 'noisyHosts' | 'flaggedHosts', said: string): string[] => {
    const hosts = groups.reduce((highest, group) => Math.max(highest, group[name]), 0);
    return hosts === 0 ? [] : [`! up to ${counted(hosts, 'host')} of a line ${said}`];
  };
  return [...most('noisyHosts', 'not measured on a quiet machine'), ...most('flaggedHosts', 'of noise grade D')];
}

function failureLines({ failures }: JobOverview, look: Look): string[] {
  const short = (text: string): string =>
    look.wide || text.length <= wordsOfReason ? text : `${text.slice(0, wordsOfReason)}…`;
  const listed = look.wide ? failures : failures.slice(0, reasonsListed);
  const left = failures.slice(listed.length);
  const others = left.reduce((sum, { runs }) => sum + runs, 0);
  const more =
    left.length === 0
      ? []
      : [
          wrapped(
            `… ${counted(others, 'run')} more failed for ${counted(left.length, 'other reason')}: -o wide`,
            '',
            look,
          ),
        ];
  const lines = listed.flatMap(({ probe, runs, hosts, hostIds, state, failure }) => {
    const more = hosts - hostIds.length;
    const where = `${hostIds.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`;
    const what = `${counted(runs, `${probe} run`)} ${state} on ${counted(hosts, 'host')} (${where})`;
    if (failure === null) return [wrapped(what, '', look, '  ')];
    const why = wrapped(`${what}, ${failure.code}: ${short(failure.message)}`, '', look, '  ');
    return [why, wrapped(`→ ${short(failure.remedy)}`, '  ', look, '    ')];
  });
  return [...lines, ...more];
}

/** A job's result by what varies in it; `all` is the command that lists every host. */
export function jobOverviewText(overview: JobOverview, all: string, look: Look = plainLook): string {
  const { groups, rows } = overview;
  const shown = shownColumns(columns, groups);
  const listed = look.wide ? groups : groups.slice(0, groupsListed);
  const left = groups.length - listed.length;
  const lost = groups.reduce((sum, group) => sum + group.lost, 0);
  const from = new Set(groups.map(({ provenance }) => provenance));
  const notes = [
    ...(left > 0 ? [`… ${counted(left, 'line')} more: -o wide`] : []),
    `p50 in TSC cycles and ns: median over the hosts of each host’s median; lowest and highest of the hosts against it${from.size === 1 ? `; ${[...from].join('')}` : ''}`,
    ...(lost > 0 ? [`${count(lost)} samples lost`] : []),
    ...oddLines(groups, shown),
    ...noiseLines(groups),
  ];
  return [
    ...(groups.length === 0
      ? ['no run has completed']
      : [
          tableText({ columns: look.wide ? columns : shown, rows: listed }, look),
          ...notes.map((note) => wrapped(note, '', look)),
        ]),
    ...failureLines(overview, look),
    wrapped(`… ${counted(rows, 'row')}, one a host and metric: ${all}`, '', look),
  ].join('\n');
}

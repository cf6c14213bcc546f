import {
  alsoHow,
  bootChangeText,
  change,
  changedHow,
  changedWhen,
  count,
  counted,
  difference,
  findingStateNames,
  hostsText,
  intervalText,
  nanoseconds,
  ratio as ratioText,
  unmeasured,
} from '#wording';
import { type FindingDetail, type Findings, findingStateSchema, type FindingView, measureName } from '#contracts';
import { type Column, type Look, numbers, plainLook } from './columns.js';
import { shortId, time, wrapped } from './format.js';
import { type Listing, tableText } from './listing.js';

/** How many are in the states that are not listed. */
function othersText({ items, counts }: Findings): string {
  const shown = new Set(items.map(({ state }) => state));
  const others = findingStateSchema.options.filter((state) => !shown.has(state) && counts[state] > 0);
  if (others.length === 0) return '';
  const told = others.map((state) => `${count(counts[state])} ${findingStateNames[state]}`);
  return `\n${wrapped(`also ${told.join(', ')}: xf regressions --state all`)}`;
}

/** People may speak of what no fresh runs have confirmed. */
function stateText({ state, confirmedAt }: FindingView): string {
  const said = ['acknowledged', 'expected', 'muted'].includes(state) && confirmedAt === null;
  return `${findingStateNames[state]}${said ? ', not confirmed' : ''}`;
}

/** The change in the width that a list of 80 columns has for it; `show` says it in full. */
function briefly({ kind, ratio, effectNs }: FindingView): string {
  if (kind === 'noise') return `scatter × ${ratio.toFixed(1)}`;
  const inNs = effectNs === null ? '' : `, ${difference(effectNs)} ns`;
  return `${kind === 'creep' ? 'creep ' : ''}${change(ratio)}${inNs}`;
}

const hostsBriefly = ([first = '', ...more]: readonly string[]): string =>
  more.length === 0 ? first : `${first} +${count(more.length)}`;

const columns: readonly Column<FindingView>[] = [
  { head: 'finding', of: ({ findingId }) => shortId(findingId), raw: ({ findingId }) => findingId },
  { head: 'state', of: stateText },
  {
    ...{ head: 'since', raw: ({ fromDay }) => fromDay },
    of: ({ fromDay, toDay }) => `${fromDay}${fromDay === toDay ? '' : ' …'}`,
  },
  { ...{ head: 'to', wide: true }, of: ({ toDay }) => toDay },
  {
    ...{ head: 'change', of: briefly },
    paint: (text, { direction }, paint) => paint[direction === 'up' ? 'red' : 'green'](text),
  },
  numbers('ratio', ({ ratio }) => ratio, ratioText, { wide: true }),
  numbers('ns', ({ effectNs }) => effectNs, nanoseconds, { wide: true }),
  { head: 'of', of: ({ probe, metric }) => measureName(probe, metric) },
  { head: 'hosts', of: ({ hosts }) => hostsBriefly(hosts), raw: ({ hosts }) => hosts.join(' '), cut: true },
];

export const findingsListing = ({ items: rows }: Findings): Listing<FindingView> => ({
  ...{ columns, rows, name: ({ findingId }) => findingId },
});

/** Findings, the newest change first; `…` after a day: the change lies between that day and a later one. */
export function findingsText(page: Findings, look: Look = plainLook): string {
  if (page.items.length === 0) return `no such finding${othersText(page)}`;
  return tableText(findingsListing(page), look) + othersText(page);
}

function confirmationText(finding: FindingView): string[] {
  const { confirmation, heldUp, confirmedAt, kind } = finding;
  if (kind === 'noise') return [unmeasured(finding)];
  if (confirmation === null) return [heldUp ?? 'fresh runs are not asked for yet'];
  const { jobId, figures, hosts, controlHosts } = confirmation;
  const runs = `try ${confirmation.try}: job ${shortId(jobId)} measures ${counted(hosts.length, 'host')} again beside ${counted(controlHosts.length, 'control host')}`;
  if (figures === null) return [runs];
  const { ratio, interval, reason } = figures;
  const effect = ratio === null ? '' : ` ${change(ratio)}, ratio ${intervalText(interval)};`;
  const held = heldUp === null ? [] : [heldUp];
  return [
    `${confirmedAt === null ? 'not confirmed' : 'confirmed'} by job ${shortId(jobId)}:${effect} ${reason}`,
    ...held,
  ];
}

function saidText({ acknowledged, expected, muted, resolved, withdrawn }: FindingView): string[] {
  const said = (what: string, one: { by: string; note: string | null } | null): string[] =>
    one === null ? [] : [`${what} by ${one.by}${one.note === null ? '' : `: ${one.note}`}`];
  return [
    ...said('acknowledged', acknowledged),
    ...said('marked as expected', expected),
    ...said(`muted until ${time(muted?.until ?? null)}`, muted),
    ...said('resolved', resolved),
    ...(withdrawn === null ? [] : [`withdrawn: ${withdrawn.reason}`]),
  ];
}

/** The levels that it is judged by, which are not the medians that `xf trends` shows. */
function levelText({ beforeNs, effectNs }: FindingView): string[] {
  if (beforeNs === null || effectNs === null) return [];
  const [before, since] = [nanoseconds(beforeNs), nanoseconds(beforeNs + effectNs)];
  return [`level ${before} ns before, ${since} ns since: grouped medians, not those of xf trends`];
}

/** One finding with its history. */
export function findingText(finding: FindingDetail): string {
  const { findingId, hosts, common, suspects, firstRuns, interval, alsoIn, history, commands } = finding;
  const shared = common.map(({ field, value, moved, of }) => `${field}=${value} (${count(moved)} of ${count(of)})`);
  const runs = firstRuns.slice(0, 2).map(({ hostId, runId }) => `${shortId(runId)} on ${hostId}`);
  const others = alsoIn.map(({ probe, metric, ratio }) => `${measureName(probe, metric)} ${alsoHow(finding, ratio)}`);
  const lines = [
    `${measureName(finding.probe, finding.metric)} (${finding.executor}, ${finding.provenance}), ${counted(hosts.length, 'host')} (${hostsText(hosts)})`,
    ...levelText(finding),
    ...(interval === null ? [] : [`by the days that it was found in: ratio ${intervalText(interval)}`]),
    ...(others.length === 0 ? [] : [`also in ${others.join(', ')}`]),
    ...(shared.length === 0 ? [] : [`in common: ${shared.join(', ')}`]),
    ...(runs.length === 0 ? [] : [`first run with it: ${runs.join(', ')}`]),
    `changed in the two weeks before: ${suspects.map(bootChangeText).join('; ') || 'nothing that is known'}`,
    ...confirmationText(finding),
    ...saidText(finding),
  ];
  return [
    wrapped(`finding ${findingId}: ${stateText(finding)}, ${changedHow(finding)}, ${changedWhen(finding)}`),
    ...lines.map((line) => wrapped(line, '  ')),
    '  history:',
    ...history.map(({ at, by, text }) => wrapped(`${time(at)} ${by}: ${text}`, '    ')),
    `  ${commands.trends}`,
    ...(commands.compare === null ? [] : [`  ${commands.compare}`]),
  ].join('\n');
}

import { bootChangeText, change, count, counted, fieldsText, intervalText, ratio as ratioText } from '#wording';
import { type JudgedChange, type KnownChanges, measureName } from '#contracts';
import { type Look, numbers, plainLook } from './columns.js';
import { time, wrapped } from './format.js';
import type { Listing } from './listing.js';
import { verdictPainted } from './verdict-colour.js';

function effectText({ ratio, interval }: JudgedChange): string {
  if (ratio === null) return '';
  return `: ${change(ratio)}${interval === null ? '' : `, after / before ${intervalText(interval)}`}`;
}

function changeText(one: JudgedChange, { paint }: Look): string {
  const [from, to] = [time(one.from).slice(0, 10), time(one.to).slice(0, 10)];
  const { hosts, days, controlHosts } = one.compared;
  const beside = controlHosts === 0 ? '' : `, beside ${counted(controlHosts, 'control host')}`;
  return [
    wrapped(`${from === to ? from : `${from} to ${to}`}  ${bootChangeText(one)}`),
    verdictPainted(wrapped(`${one.verdict ?? 'no verdict'}${effectText(one)}`, '  '), one.verdict, paint),
    wrapped(`${one.reason}; ${counted(hosts, 'host')} compared, ${counted(days, 'day')}${beside}`, '  '),
    ...(one.repeat === null ? [] : [`  ${one.repeat}`]),
  ].join('\n');
}

/** A row a change; `-o name` is what changed. */
export const knownChangesListing = ({ changes: rows }: KnownChanges): Listing<JudgedChange> => ({
  columns: [
    { head: 'from', of: ({ from }) => time(from).slice(0, 10), raw: ({ from }) => from },
    { head: 'to', of: ({ to }) => time(to).slice(0, 10), raw: ({ to }) => to },
    { head: 'change', of: (one) => bootChangeText(one), raw: ({ fields, kind }) => fieldsText({ fields, kind }) },
    numbers('hosts', ({ hostCount }) => hostCount, count),
    { head: 'on', of: ({ hosts }) => hosts.join(' '), wide: true },
    { head: 'verdict', of: ({ verdict }) => verdict ?? 'no verdict' },
    numbers('ratio', ({ ratio }) => ratio, ratioText),
    numbers('low', ({ interval }) => interval?.low ?? null, ratioText),
    numbers('high', ({ interval }) => interval?.high ?? null, ratioText),
  ],
  rows,
  name: (one) => bootChangeText(one),
});

/** What each change of boot states did, oldest first. */
export function knownChangesText(
  { probe, metric, since, until, changes, cut }: KnownChanges,
  look: Look = plainLook,
): string {
  const span = `${time(since).slice(0, 10)} to ${time(until).slice(0, 10)}`;
  if (changes.length === 0) return `no boot state changed from ${span}`;
  return [
    `${measureName(probe, metric)}, changes of boot states from ${span}`,
    ...changes.map((one) => changeText(one, look)),
    ...(cut ? [`only the newest ${changes.length}: --limit or --until shows others`] : []),
  ].join('\n');
}

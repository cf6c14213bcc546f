import { bootChangeText, change, counted, intervalText } from '#wording';
import { type JudgedChange, type KnownChanges, measureName } from '#contracts';
import { time, wrapped } from './format.js';

function effectText({ ratio, interval }: JudgedChange): string {
  if (ratio === null) return '';
  return `: ${change(ratio)}${interval === null ? '' : `, after / before ${intervalText(interval)}`}`;
}

function changeText(one: JudgedChange): string {
  const [from, to] = [time(one.from).slice(0, 10), time(one.to).slice(0, 10)];
  const { hosts, days, controlHosts } = one.compared;
  const beside = controlHosts === 0 ? '' : `, beside ${counted(controlHosts, 'control host')}`;
  return [
    wrapped(`${from === to ? from : `${from} to ${to}`}  ${bootChangeText(one)}`),
    wrapped(`${one.verdict ?? 'no verdict'}${effectText(one)}`, '  '),
    wrapped(`${one.reason}; ${counted(hosts, 'host')} compared, ${counted(days, 'day')}${beside}`, '  '),
    ...(one.repeat === null ? [] : [`  ${one.repeat}`]),
  ].join('\n');
}

/** What each change of boot states did, oldest first. */
export function knownChangesText({ probe, metric, since, until, changes, cut }: KnownChanges): string {
  const span = `${time(since).slice(0, 10)} to ${time(until).slice(0, 10)}`;
  if (changes.length === 0) return `no boot state changed from ${span}`;
  return [
    `${measureName(probe, metric)}, changes of boot states from ${span}`,
    ...changes.map(changeText),
    ...(cut ? [`only the newest ${changes.length}: --limit or --until shows others`] : []),
  ].join('\n');
}

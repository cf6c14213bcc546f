import { bootChangeText, change, count, counted, hostsText } from '#wording';
import { measureName, type Regression, type Regressions } from '#contracts';
import { time, wrapped } from './format.js';

function whatText({ kind, direction, ratio, fromDay, toDay }: Regression): string {
  if (kind === 'noise') {
    const factor = direction === 'up' ? ratio : 1 / ratio;
    return `about ${fromDay}  runs scatter ${factor.toFixed(1)} times ${direction === 'up' ? 'more' : 'less'} than before`;
  }
  const when =
    kind === 'creep'
      ? `${fromDay} to ${toDay}, bit by bit`
      : fromDay === toDay
        ? fromDay
        : `${fromDay} to ${toDay}, one of these days`;
  return `${when}  ${direction === 'up' ? 'slower' : 'faster'} by ${change(ratio)}`;
}

function regressionText(one: Regression): string {
  const { hosts, common, suspects, firstRuns, reason, confirm, status } = one;
  const shared = common.map(({ field, value, moved, of }) => `${field}=${value} (${count(moved)} of ${count(of)})`);
  const runs = firstRuns.slice(0, 2).map(({ hostId, runId }) => `${runId} on ${hostId}`);
  return [
    wrapped(`${whatText(one)}, ${counted(hosts.length, 'host')} (${hostsText(hosts)})`),
    ...(shared.length === 0 ? [] : [wrapped(`in common: ${shared.join(', ')}`, '  ')]),
    ...(runs.length === 0 ? [] : [wrapped(`first run with it: ${runs.join(', ')}`, '  ')]),
    wrapped(
      `changed in the two weeks before: ${suspects.map(bootChangeText).join('; ') || 'nothing that is known'}`,
      '  ',
    ),
    wrapped(`${status}: ${reason}`, '  '),
    ...(confirm === null ? [] : [`  ${confirm}`]),
  ].join('\n');
}

/** What changed without a known cause, oldest first. */
export function regressionsText({ probe, metric, since, until, series, tooShort, found }: Regressions): string {
  const span = `${time(since).slice(0, 10)} to ${time(until).slice(0, 10)}`;
  const short = tooShort === 0 ? '' : `, ${count(tooShort)} of them too short to tell`;
  const looked = `${measureName(probe, metric)} from ${span}: ${counted(series, 'series', 'series')} looked at${short}`;
  if (found.length === 0) return wrapped(`${looked}; nothing changed without a known cause`);
  return [wrapped(looked), ...found.map(regressionText)].join('\n');
}

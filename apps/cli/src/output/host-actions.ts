import { count, counted } from '#wording';
import type { HostAction, HostActionReply } from '#contracts';
import { wrapped } from './format.js';

/** What each action did to a host. */
const done: Readonly<Record<HostAction, string>> = {
  drain: 'draining: no new runs, the one under way ends',
  undrain: 'back in service: runs that waited go on',
  quarantine: 'quarantined: no runs until xf hosts release',
  release: 'back in service: runs that waited go on',
  remove: 'removed: waiting runs are given up, the history stays',
  restore: 'back in service',
};

/** Hosts that a line names. */
const named = 10;

const some = (hostIds: readonly string[]): string =>
  hostIds.slice(0, named).join(', ') + (hostIds.length > named ? ` and ${count(hostIds.length - named)} more` : '');

export function hostActionText({ action, changed, unchanged, refused }: HostActionReply): string {
  return [
    ...(changed.length === 0 ? [] : [`${counted(changed.length, 'host')} ${done[action]}: ${some(changed)}`]),
    ...(unchanged.length === 0 ? [] : [`${counted(unchanged.length, 'host')} as before: ${some(unchanged)}`]),
    ...refused.slice(0, named).map(({ message, remedy }) => `! ${message}: ${remedy}`),
    ...(refused.length > named ? [`! and ${count(refused.length - named)} more that it can’t be done to`] : []),
  ]
    .map((line) => wrapped(line))
    .join('\n');
}

import { count, counted, percent } from '#wording';
import { type FleetView, measureName } from '#contracts';
import { table, time, wrapped } from './format.js';

/** The first hosts of a kind, and how many there are. */
function named(what: string, all: number, hosts: readonly string[]): string[] {
  if (all === 0) return [];
  const more = all > hosts.length ? ` and ${count(all - hosts.length)} more` : '';
  return [wrapped(`${what}: ${hosts.join(', ')}${more}`)];
}

/** The fleet at a glance: counts by generation, then the hosts that want looking at. */
export function fleetText(fleet: FleetView): string {
  const { hosts, online, silent, never, noisy, measured, measuredDays, generations } = fleet;
  if (hosts === 0) return 'no host yet: start a worker, it registers its hosts by itself';
  const head = `${counted(hosts, 'host')}: ${count(online)} online, ${count(silent)} silent${never === 0 ? '' : `, ${count(never)} without a worker`}; ${count(noisy)} of noise grade D; ${count(measured)} measured within ${measuredDays} days`;
  const rows = generations.map((one) => [
    one.generation,
    ...[one.hosts, one.online, one.silent, one.noisy, one.measured].map(count),
  ]);
  return [
    wrapped(head),
    table(['generation', 'hosts ', 'online ', 'silent ', 'grade D ', `within ${measuredDays} d `], rows),
    ...named(
      'silent since',
      silent,
      fleet.silentHosts.map(({ hostId, seenAt }) => `${hostId} ${time(seenAt)}`),
    ),
    ...named(
      'runs scatter',
      noisy,
      fleet.noisyHosts.map(
        ({ hostId, probe, metric, floor }) => `${hostId} ${percent(floor)} (${measureName(probe, metric)})`,
      ),
    ),
    ...named(
      `not measured within ${measuredDays} days`,
      hosts - measured,
      fleet.unmeasuredHosts.map(({ hostId, lastDay }) => `${hostId} (${lastDay ?? 'never'})`),
    ),
  ].join('\n');
}

import { count, counted, percent } from '#wording';
import { type FleetView, measureName } from '#contracts';
import { type Look, numbers, plainLook } from './columns.js';
import { time, wrapped } from './format.js';
import { type Listing, tableText } from './listing.js';

/** The first hosts of a kind, and how many there are. */
function named(what: string, all: number, hosts: readonly string[]): string[] {
  if (all === 0) return [];
  const more = all > hosts.length ? ` and ${count(all - hosts.length)} more` : '';
  return [wrapped(`${what}: ${hosts.join(', ')}${more}`)];
}

type Generation = FleetView['generations'][number];

/** A row a generation; `-o name` is a selector of its hosts. */
export const fleetListing = ({ generations: rows, measuredDays }: FleetView): Listing<Generation> => ({
  columns: [
    { head: 'generation', of: ({ generation }) => generation },
    numbers('hosts', ({ hosts }) => hosts, count),
    numbers('online', ({ online }) => online, count),
    numbers('silent', ({ silent }) => silent, count),
    numbers('draining', ({ draining }) => draining, count, { onlyWhereSome: ({ draining }) => draining > 0 }),
    numbers('quarantined', ({ quarantined }) => quarantined, count, {
      onlyWhereSome: ({ quarantined }) => quarantined > 0,
    }),
    numbers('never', ({ never }) => never, count, { wide: true }),
    numbers('grade D', ({ noisy }) => noisy, count),
    numbers(`within ${measuredDays} d`, ({ measured }) => measured, count),
  ],
  rows,
  name: ({ generation }) => `generation=${generation}`,
});

/** The fleet at a glance: counts by generation, then the hosts that want looking at. */
export function fleetText(fleet: FleetView, look: Look = plainLook): string {
  const { hosts, online, silent, never, draining, quarantined, noisy, measured, measuredDays } = fleet;
  if (hosts === 0) return 'no host yet: start a worker, it registers its hosts by itself';
  const head = `${counted(hosts, 'host')}: ${count(online)} online, ${count(silent)} silent${never === 0 ? '' : `, ${count(never)} without a worker`}${draining === 0 ? '' : `, ${count(draining)} draining`}${quarantined === 0 ? '' : `, ${count(quarantined)} quarantined`}; ${count(noisy)} of noise grade D; ${count(measured)} measured within ${measuredDays} days`;
  return [
    wrapped(head),
    tableText(fleetListing(fleet), look),
    ...named(
      'silent since',
      silent,
      fleet.silentHosts.map(({ hostId, seenAt }) => `${hostId} ${time(seenAt)}`),
    ),
    ...named(
      'out of service',
      draining + quarantined,
      fleet.outOfServiceHosts.map(
        ({ hostId, state, since, reason }) => `${hostId} ${state} ${time(since)} (${reason})`,
      ),
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

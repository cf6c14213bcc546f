import type { JobSpecInput } from '#contracts';
import { usualSeries } from '#kernel-series';

/** One host of the worker's WORKER_HOSTS. */
export interface ServedHost {
  hostId: string;
  executors: string[];
  machine?: string;
  vm?: { series: string; kpti: boolean };
}

/** Simulated machines of the main job (keys of libs/entry-sim); their host ids say that they are simulated. */
const machines = ['haswell-ep', 'haswell-ep-vm', 'skylake-sp', 'ice-lake-sp', 'zen3'] as const;
/** The two simulated machines that the result compares. */
export const comparedMachines = { a: 'haswell-ep', b: 'ice-lake-sp' } as const;

/** Patched guests of this machine, served when asked for; a job's matrix says which guests it wants. */
export const guestsHost: ServedHost = { hostId: 'guests', executors: ['vm'], vm: { series: usualSeries, kpti: true } };

export const simulatedHostId = (machine: string): string => `sim-${machine}`;

/**
 * An id for this machine: its name as a slug, or `this-machine` for the random hexadecimal name of a container, which
 * would be another host at every start.
 */
export function ownHostId(hostname: string): string {
  const slug = hostname
    .toLowerCase()
    .split('.')[0]
    ?.replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[_-]+/, '')
    .slice(0, 63);
  const named = slug !== undefined && slug !== '' && slug !== 'localhost' && !/^[0-9a-f]{12,}$/.test(slug);
  return named && !slug.startsWith('sim-') && slug !== guestsHost.hostId ? slug : 'this-machine';
}

/** The hosts that the local worker serves. */
export function servedHosts(ownId: string, canMeasure: boolean): ServedHost[] {
  const own: ServedHost[] = canMeasure ? [{ hostId: ownId, executors: ['stock-host'] }] : [];
  return [
    ...own,
    ...machines.map((machine) => ({ hostId: simulatedHostId(machine), executors: ['simulator'], machine })),
  ];
}

/** The main job: every host with what it can do. */
export function mainJob(hosts: readonly ServedHost[], size: { runsPerHost: number; faults: number }): JobSpecInput {
  return { name: 'npm start', hosts: hosts.map(({ hostId }) => hostId), ...size };
}

import { levelOfHosts, levelOfKind, type MeanOf, minHostsOfAKind, type RunsByHost } from '#stats';
import { count, counted } from '#wording';
import type { Obstacle } from './obstacles.js';
import type { Replicate, Side } from './side.js';

/** For what a side of a comparison speaks, and the runs that do. */
export interface Scoped {
  scope: 'kind' | 'hosts';
  runs: readonly Replicate[];
}

/** Both sides as they are compared. */
export interface ScopedSides {
  a: Scoped;
  b: Scoped;
  /** The same hosts stand on both sides, so that their levels cancel. */
  paired: boolean;
  /** Hosts of one side only that were left out, because others stand on both. */
  leftOut: readonly string[];
}

const hostsOf = (runs: readonly Replicate[]): Set<string> => new Set(runs.map(({ hostId }) => hostId));

/**
 * A side whose selector names hosts speaks of these; one that names only kinds speaks of its kind, to which hosts are a random
 * factor. Where hosts stand on both sides only these are compared, each with itself.
 */
export function scopedSides(a: Side, b: Side): ScopedSides {
  const [inA, inB] = [hostsOf(a.runs), hostsOf(b.runs)];
  const shared = new Set([...inA].filter((host) => inB.has(host)));
  if (shared.size === 0) {
    const scoped = ({ namesHosts, runs }: Side): Scoped => ({ scope: namesHosts ? 'hosts' : 'kind', runs });
    return { a: scoped(a), b: scoped(b), paired: false, leftOut: [] };
  }
  const common = ({ runs }: Side): Scoped => ({
    scope: 'hosts',
    runs: runs.filter(({ hostId }) => shared.has(hostId)),
  });
  const leftOut = [...inA, ...inB].filter((host) => !shared.has(host)).sort();
  return { a: common(a), b: common(b), paired: true, leftOut };
}

/** Which of a side's runs are compared, to follow what is said of them; empty where all are. */
export function comparedPart({ runs }: Side, scoped: Scoped, paired: boolean): string {
  if (scoped.runs.length === runs.length) return '';
  const hosts = hostsOf(scoped.runs).size;
  const where = paired ? `on the ${counted(hosts, 'host')} that both sides have` : 'without the control hosts';
  return ` ${where} (${count(scoped.runs.length)} of its ${counted(runs.length, 'run')})`;
}

/** A side's hosts and their run medians, in the unit that `valueOf` gives. */
export function byHost({ runs }: Scoped, valueOf: (run: Replicate) => number): RunsByHost {
  const hosts = new Map<string, number[]>();
  for (const run of runs) {
    const medians = hosts.get(run.hostId) ?? [];
    medians.push(valueOf(run));
    hosts.set(run.hostId, medians);
  }
  return hosts;
}

/** The level of a side under its scope. */
export function levelOf({ scope }: Scoped, hosts: RunsByHost): MeanOf {
  return scope === 'kind' ? levelOfKind(hosts) : levelOfHosts(hosts);
}

/** Why no interval can be given under a side's scope; empty when one can. */
export function tooFew(name: 'a' | 'b', { selector }: Side, { scope, runs }: Scoped): Obstacle[] {
  const hosts = byHost({ scope, runs }, ({ p50Cycles }) => p50Cycles);
  if (scope === 'kind') {
    if (hosts.size >= minHostsOfAKind) return [];
    return [
      {
        reason: `${name}, "${selector}", stands for ${counted(hosts.size, 'host')}, not for a kind of host: that takes ${minHostsOfAKind}`,
        remedy: `measure ${minHostsOfAKind} hosts of ${name}, or name the hosts (host=… in the selector) to compare just these`,
      },
    ];
  }
  if ([...hosts.values()].some((medians) => medians.length > 1)) return [];
  return [
    {
      reason: `${name}, "${selector}", has a single run of each host, so that there is no spread to judge by`,
      remedy: 'measure at least 2 runs of each host; 10 tell far more',
    },
  ];
}

/** What an answer's interval allows for besides the scatter of the runs. */
interface AllowedFor {
  hostsKnown: number;
  hostsUnknown: number;
}

/** Whether a host's answer is one of its boots then, or of others too. */
function bootsText({ hostsKnown, hostsUnknown }: AllowedFor): string {
  if (hostsKnown === 0) return 'as set up and booted then';
  if (hostsUnknown === 0) return 'as set up then, in whatever boot';
  return `as set up and booted then (${hostsKnown} of ${hostsKnown + hostsUnknown} in whatever boot)`;
}

/**
 * For what the answer speaks, as one clause.
 *
 * @param control hosts whose change is taken out; null of none
 */
export function scopeText(
  { a, b, paired }: ScopedSides,
  boots: AllowedFor = { hostsKnown: 0, hostsUnknown: 0 },
  control: { hosts: readonly string[] } | null = null,
): string {
  const beside =
    control === null ? '' : `; without what happened to ${counted(control.hosts.length, 'control host')} too`;
  const isKind = ({ scope, runs }: Scoped): boolean => scope === 'kind' && hostsOf(runs).size >= minHostsOfAKind;
  const part = (side: Scoped): string =>
    `${isKind(side) ? 'the kind of ' : ''}${counted(hostsOf(side.runs).size, 'host')} (${counted(side.runs.length, 'run')})`;
  if (paired) {
    const hosts = hostsOf(a.runs).size;
    const each = hosts === 1 ? 'this host' : `these ${hosts} hosts, each compared with itself`;
    return `speaks for ${each}, ${bootsText(boots)}: ${counted(a.runs.length, 'run')} (a), ${counted(b.runs.length, 'run')} (b)${beside}`;
  }
  const named = isKind(a) && isKind(b) ? '' : `, ${bootsText(boots)}`;
  const only = isKind(a) || isKind(b) ? '' : ', not for others like them';
  return `speaks for ${part(a)} (a) and ${part(b)} (b)${named}${only}${beside}`;
}

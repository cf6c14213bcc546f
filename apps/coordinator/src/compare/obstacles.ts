import { sameClock, type Side } from './side.js';

/** Why two sides, or the runs of one, are not compared, and how to choose others. */
export interface Obstacle {
  /** One sentence without a full stop. */
  reason: string;
  remedy: string;
  /** Whether it is a side that can't be pooled, so that a median of its runs would be one that no host has. */
  mixes?: 'a' | 'b';
}

type Name = 'a' | 'b';

function tally(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** In what the runs of a side must agree, because a crossing costs something else in each of their states. */
const pooledBy = ['provenance', 'virt', 'kpti', 'executor'] as const;

function mixes(name: Name, { selector, runs }: Side): Obstacle[] {
  return pooledBy.flatMap((label) => {
    const states = tally(runs.map((run) => run[label]));
    if (states.length < 2) return [];
    const parts = states.map(([value, many]) => `${many} ${many === 1 ? 'run' : 'runs'} with ${label}=${value}`);
    const terms = states.map(([value]) => `${label}=${value}`);
    return [
      {
        reason: `${name}, "${selector}", mixes ${parts.join(' and ')}, so that its median would be one that no host has`,
        remedy:
          label === 'executor'
            ? `compare the runs of a job that names one executor (--job)`
            : `add ${terms.join(' or ')} to ${name}`,
        mixes: name,
      },
    ];
  });
}

function provenancesDiffer(a: Side, b: Side): Obstacle[] {
  const of = ({ runs }: Side) => new Set(runs.map(({ provenance }) => provenance));
  const all = [...new Set([...of(a), ...of(b)])].sort();
  // A side that mixes them says so itself.
  if (all.length < 2 || of(a).size > 1 || of(b).size > 1) return [];
  const mix = all.join(' and ');
  return [
    {
      reason: `${mix} figures are not compared with each other`,
      remedy: `the runs are ${mix}; add for example provenance=${all[0]} to both selectors`,
    },
  ];
}

/** Runs of b that stand on side a too, themselves or as a copy. */
function overlaps(a: Side, b: Side): Obstacle[] {
  const inA = new Set(a.runs.flatMap(({ runId, draw }) => (draw === null ? [runId] : [runId, draw])));
  const both = b.runs.filter(({ runId, draw }) => inA.has(runId) || (draw !== null && inA.has(draw))).length;
  if (both === 0) return [];
  return [
    {
      reason: `${both} of the ${b.runs.length} runs of b, "${b.selector}", stand on side a too, so that the sides are not independent`,
      remedy: 'make the selectors disjoint, so that no run matches both',
    },
  ];
}

/** The unit in which two sides' medians can be put beside each other, or why there is none. */
export function unitOf(a: Side, b: Side): { unit: 'cycles' | 'ns' } | Obstacle {
  const runs = [...a.runs, ...b.runs];
  const unknown = runs.filter(({ tscKhz }) => tscKhz === null);
  if (unknown.length === 0) return { unit: sameClock(runs) ? 'cycles' : 'ns' };
  const hosts = new Set(runs.map(({ hostId }) => hostId));
  // The cycles of one host's TSC are the same length, whatever that is.
  if (unknown.length === runs.length && hosts.size === 1) return { unit: 'cycles' };
  const where = [...new Set(unknown.map(({ hostId }) => hostId))].sort();
  const named = `${where.slice(0, 3).join(', ')}${where.length > 3 ? ` and ${where.length - 3} more` : ''}`;
  return {
    reason: `the TSC's rate is not known for ${unknown.length} of ${runs.length} runs (${named}), so that their cycles can't be put beside those of another clock`,
    remedy: 'compare runs of one such host with each other, or hosts whose rate is known (xf hosts <hostId> shows it)',
  };
}

/** Everything that stands in the way of comparing two sides, apart from their clocks. */
export function obstaclesBetween(a: Side, b: Side): Obstacle[] {
  return [...mixes('a', a), ...mixes('b', b), ...provenancesDiffer(a, b), ...overlaps(a, b)];
}

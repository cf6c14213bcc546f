import { limits } from '#contracts';
import type { Obstacle } from './obstacles.js';
import type { Replicate, Side } from './side.js';

/** The runs of the control hosts that were measured beside each side. */
export interface Beside {
  a: readonly Replicate[];
  b: readonly Replicate[];
  /** Control hosts with runs beside both. */
  hosts: readonly string[];
}

/** When a side was measured. */
function spanOf(runs: readonly Replicate[]): (run: Replicate) => boolean {
  const times = runs.map(({ endedAtMs }) => endedAtMs);
  const from = times.reduce((x, y) => Math.min(x, y), Infinity);
  const to = times.reduce((x, y) => Math.max(x, y), -Infinity);
  return ({ endedAtMs }) => from <= endedAtMs && endedAtMs <= to;
}

function jobsOf(runs: readonly Replicate[]): (run: Replicate) => boolean {
  const jobs = new Set(runs.flatMap(({ jobId }) => jobId ?? []));
  return ({ jobId }) => jobId !== undefined && jobs.has(jobId);
}

/** In one of the two, and which. */
const only = (inA: boolean, inB: boolean): 'a' | 'b' | null => (inA === inB ? null : inA ? 'a' : 'b');

/**
 * Which runs of the control hosts were measured beside which side: those of a job that has runs on that side only; else those that ended
 * between the first and the last run of that side only. What is beside both or neither says nothing of what happened between
 * the sides, and is left out.
 */
export function besideSides(control: Side, a: readonly Replicate[], b: readonly Replicate[]): Beside {
  const [jobA, jobB, spanA, spanB] = [jobsOf(a), jobsOf(b), spanOf(a), spanOf(b)];
  const runs: Record<'a' | 'b', Replicate[]> = { a: [], b: [] };
  for (const run of control.runs) {
    const side = only(jobA(run), jobB(run)) ?? only(spanA(run), spanB(run));
    if (side !== null) runs[side].push(run);
  }
  const inB = new Set(runs.b.map(({ hostId }) => hostId));
  const hosts = [...new Set(runs.a.map(({ hostId }) => hostId))].filter((hostId) => inB.has(hostId)).sort();
  return { ...runs, hosts };
}

/** A side without the runs of the control hosts, where nothing changed. */
export function withoutControl(side: Side, control: Side): Side {
  const hosts = new Set(control.runs.map(({ hostId }) => hostId));
  return { ...side, runs: side.runs.filter(({ hostId }) => !hosts.has(hostId)) };
}

/** Why a control can't be taken into account; empty when it can. */
export function controlObstacles({ selector }: Side, { hosts }: Beside, paired: boolean): Obstacle[] {
  if (!paired) {
    return [
      {
        reason: 'no host stands on both sides, so that there is no change to put beside that of the control hosts',
        remedy: 'compare the same hosts before and after, or leave control out',
      },
    ];
  }
  if (hosts.length >= limits.controlHostsMin) return [];
  return [
    {
      reason: `of the control hosts, "${selector}", ${hosts.length} ${hosts.length === 1 ? 'has' : 'have'} runs beside both sides; that takes ${limits.controlHostsMin}`,
      remedy: 'measure both sides with the same control hosts beside them (xf submit --control), 3 at least',
    },
  ];
}

import type { NoiseFloor } from '#contracts';
import { count, none, percent } from './figures.js';

type Mark = Pick<NoiseFloor, 'floor' | 'grade'>;

/** `B 0.8 %`: the grade with the floor; a dash where too few runs tell. */
export function gradeText(mark: Mark | null): string {
  if (mark === null || mark.floor === null || mark.grade === null) return none;
  return `${mark.grade} ${percent(Number(mark.floor.toPrecision(2)))}`;
}

/** The noisiest of a host's or a run's series, for a list that has room for one; null when none is graded. */
export function noisiest<Floor extends Mark>(floors: readonly Floor[]): Floor | null {
  const graded = floors.filter(({ grade }) => grade !== null);
  return graded.reduce<Floor | null>(
    (worst, one) => (worst === null || (one.floor ?? 0) > (worst.floor ?? 0) ? one : worst),
    null,
  );
}

/** One series: `pf u2k, simulated: B 0.8 % (runs 0.8 %, boots –, days –; within runs 5 %; 12 runs, 1 boot, 1 day)`. */
export function floorText(floor: NoiseFloor): string {
  const part = (sd: number | null): string => (sd === null ? none : percent(Number(sd.toPrecision(2))));
  const counted = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`;
  const spreads = `runs ${part(floor.runSd)}, boots ${part(floor.bootSd)}, days ${part(floor.daySd)}; within runs ${part(floor.withinRunSd)}`;
  const from = [counted(floor.runs, 'run'), counted(floor.boots, 'boot'), counted(floor.days, 'day')].join(', ');
  return `${floor.executor} ${floor.metric}, ${floor.provenance}: ${gradeText(floor)} (${spreads}; ${from})`;
}

/** Whether figures of it are flagged. */
export const isFlagged = (mark: Mark | null): boolean => mark?.grade === 'D';

/** Beside a figure of a host above the limit: `noise D 2.4 %`; empty beside others. */
export const floorMark = (mark: Mark | null): string => (isFlagged(mark) ? `noise ${gradeText(mark)}` : '');

/** Hosts that are named before the others are counted: a fleet must not end in a wall of notes. */
const named = 5;

/** Beside the number of hosts of a pooled figure that are flagged. */
export const noisyHostsNote = 'noisy: hosts whose runs scatter by more than 3 % when nothing changes (noise grade D)';

/** A sentence for each host whose figures are flagged, as far as there is room. */
export function floorNotes(rows: readonly { hostId: string; metric: string; noiseFloor: Mark | null }[]): string[] {
  const notes = rows.flatMap(({ hostId, metric, noiseFloor }) =>
    noiseFloor !== null && isFlagged(noiseFloor)
      ? [
          `${hostId}: its runs of ${metric} scatter by ${percent(Number((noiseFloor.floor ?? 0).toPrecision(2)))} when nothing changes (noise grade D): it hides smaller effects`,
        ]
      : [],
  );
  const distinct = [...new Set(notes)];
  const more = distinct.length - named;
  return [...distinct.slice(0, named), ...(more > 0 ? [`and ${count(more)} more of noise grade D`] : [])];
}

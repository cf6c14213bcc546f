import { changePoints } from '../change-points/change-points.js';
import { dateShift } from './date-shift.js';
import { inOneDirection } from './in-one-direction.js';

/** A series within one segment, in order of time. */
export interface SegmentDays {
  /** Whole days, of any beginning. Days without runs are missing. */
  days: readonly number[];
  /** Positive. */
  levels: readonly number[];
}

/** A change within a segment. */
export interface Shift {
  kind: 'step' | 'creep';
  /** A step: its first day lies from `fromDay` to `toDay`. A creep came about from the one to the other. */
  fromDay: number;
  toDay: number;
  direction: 'up' | 'down';
  /** Level after / level before. */
  ratio: number;
  p: number;
  /** Days without the change and with it that the ratio rests on. */
  before: number;
  after: number;
  /** The first and the last of them: another change, or the segment's end, lies beyond. */
  sinceDay: number;
  untilDay: number;
}

export interface LookOptions {
  /** False alarms of a series in a year of nightly looks, at most; default 0.02. */
  falseAYear?: number;
  looksAYear?: number;
  /** Smaller changes are not told; default 0.02. */
  minEffect?: number;
  /** Neighbours' correlation by a longer history, as `varianceInflation` gives it; that of the days counts where it is larger. */
  inflation?: number;
}

/** Days that one look spans: change points are looked for in one window, so that every night costs the same. */
export const lookDays = 100;
/** Days with the change before it is told, and days before it. */
const minSegment = 3;

const meanLog = (levels: readonly number[]): number =>
  levels.reduce((sum, one) => sum + Math.log(one), 0) / levels.length;

function sdLog(levels: readonly number[]): number {
  if (levels.length < 2) return 0;
  const mean = meanLog(levels);
  return Math.sqrt(levels.reduce((sum, one) => sum + (Math.log(one) - mean) ** 2, 0) / (levels.length - 1));
}

/**
 * The changes that a look at the last 100 days of a segment finds. Two detectors must agree (`changePoints`). Every night is a look of its
 * own, so each has an equal part of what may go wrong in a year: p = falseAYear / looksAYear (Bonferroni; nightly looks share
 * nearly all of their data, so that it errs on the careful side, and a step of 4 SDs is as far below it after three nights as it
 * needs). Changes in the same direction that follow upon each other are one creep where a ramp explains them better. A change must
 * exceed `minEffect` and one SD of its noisier side's days: what a restless host does every other week is no change of its level.
 */
export function lookForShifts(segment: SegmentDays, options: LookOptions = {}): Shift[] {
  const { falseAYear = 0.02, looksAYear = 365, minEffect = 0.02 } = options;
  const [days, levels] = [segment.days.slice(-lookDays), segment.levels.slice(-lookDays)];
  if (levels.length < 2 * minSegment) return [];
  const p = falseAYear / looksAYear;
  const history = options.inflation ?? 1;
  const found = changePoints(levels, { p, window: lookDays, minSegment, inflation: history });
  const runs = inOneDirection(found);
  return runs
    .flatMap((run, i): Judged[] => {
      const from = runs[i - 1]?.at(-1)?.index ?? 0;
      const to = runs[i + 1]?.[0]?.index ?? levels.length;
      return shiftsOf(run, days.slice(from, to), levels.slice(from, to), from, history);
    })
    .filter(
      ({ ratio, before, after, sd }) =>
        before > 0 && after > 0 && Math.abs(Math.log(ratio)) >= Math.max(Math.log1p(minEffect), sd),
    )
    .map(({ sd: _sd, ...shift }) => shift);
}

interface Found {
  index: number;
  direction: 'up' | 'down';
  p: number;
}

type Judged = Shift & { sd: number };

/** Of neighbouring changes in one direction: one creep, or each by itself. */
function shiftsOf(
  run: readonly [Found, ...Found[]],
  days: readonly number[],
  levels: readonly number[],
  from: number,
  history: number,
): Judged[] {
  const borders = run.map(({ index }) => index - from);
  const logs = levels.map((level) => Math.log(level));
  const whole = dateShift(logs, history);
  const p = Math.min(...run.map((one) => one.p));
  if (run.length === 1 || (whole.kind === 'creep' && rampIsSimpler(logs, borders, whole))) {
    return [judged(whole, run[0].direction, p, days, levels)];
  }
  return run.map((one, i) => {
    const [first, last] = [borders[i - 1] ?? 0, borders[i + 1] ?? levels.length];
    const [own, ownDays] = [levels.slice(first, last), days.slice(first, last)];
    return judged(dateShift(logs.slice(first, last), history), one.direction, one.p, ownDays, own);
  });
}

/** By the Bayesian information criterion (Schwarz 1978): a ramp has four parameters, k steps 2 k + 1. */
function rampIsSimpler(
  logs: readonly number[],
  borders: readonly number[],
  { from, to }: { from: number; to: number },
): boolean {
  const n = logs.length;
  const edges = [0, ...borders, n];
  const stairs = edges.slice(1).reduce((sum, end, i) => sum + squaresAbout(logs.slice(edges[i] ?? 0, end)), 0);
  const [before, after] = [logs.slice(0, from + 1), logs.slice(to)];
  const [low, high] = [mean(before), mean(after)];
  const ramp = logs.reduce((sum, log, i) => {
    const share = Math.min(1, Math.max(0, (i - from) / (to - from)));
    return sum + (log - low - share * (high - low)) ** 2;
  }, 0);
  return n * Math.log(ramp / stairs) + (4 - (2 * borders.length + 1)) * Math.log(n) < 0;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const squaresAbout = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);

function judged(
  { kind, from, to }: ReturnType<typeof dateShift>,
  direction: 'up' | 'down',
  p: number,
  days: readonly number[],
  levels: readonly number[],
): Judged {
  const [before, after] =
    kind === 'step' ? [levels.slice(0, from), levels.slice(to)] : [levels.slice(0, from + 1), levels.slice(to)];
  const ratio = Math.exp(meanLog(after) - meanLog(before));
  // Nights without runs: the step may have come in any of them since the last one before.
  const dayBefore = days[from - 1];
  const fromDay = kind === 'step' && dayBefore !== undefined ? dayBefore + 1 : (days[from] ?? 0);
  return {
    ...{ kind, fromDay, toDay: days[to] ?? 0, direction, ratio, p, before: before.length, after: after.length },
    ...{ sinceDay: days[0] ?? 0, untilDay: days.at(-1) ?? 0 },
    sd: Math.max(sdLog(before), sdLog(after)),
  };
}

import { quantileOfSorted } from '../quantile.js';
import { varianceInflation } from './autocorrelation.js';
import { type DetectorName, detectors } from './detectors.js';

export interface ChangePointOptions {
  /** At most the chance that a series of independent values is said to have a change; default 0.03, which gives 1.5 % (bench/change-points.ts). */
  p?: number;
  /** Changes of the median by less than this share of it are not reported; default 0. */
  magnitude?: number;
  /** Values that are looked at together; windows overlap by half. Default 100. */
  window?: number;
  /** Fewest values between two change points, and before and after one; default 3. */
  minSegment?: number;
  /** One, or both: then each must find it, but for one that parts of these sizes leave no chance to. Default both. */
  detector?: DetectorName | 'both';
  /** By how much neighbours' correlation widens means, where a longer history tells (`varianceInflation`); the series' own counts where it is larger. */
  inflation?: number;
}

export interface ChangePoint {
  /** The first value after the change, from 0. */
  index: number;
  /** Of the detector, or of E-divisive where both are asked. */
  p: number;
  /** Median of the segment after, as a share of the median before, less 1; null when that one is 0. */
  effect: number | null;
  direction: 'up' | 'down';
}

/** The second detector need not find a change by itself, only bear it out; 5, 10 and 1,000 times p gave the same shares on normal noise. */
const seconding = 5;

type Settled = Required<ChangePointOptions>;
const defaults: Settled = { p: 0.03, magnitude: 0, window: 100, minSegment: 3, detector: 'both', inflation: 1 };

/**
 * Where the level of a series changes. Windows of it are parted at the likeliest place, and the parts again, as long as a change there
 * is significant (E-divisive, Matteson and James 2014; windows and weeding as in Apache Otava); then each border is judged once more
 * between its neighbours, and the first that does not hold goes, until all do. What a place must show rests on how many were looked at, on the number of
 * windows, and on the autocorrelation that remains about the levels. docs/statistics.md, "Where a series changes".
 *
 * @throws RangeError for values that are not finite and options out of range
 */
export function changePoints(values: readonly number[], options: ChangePointOptions = {}): ChangePoint[] {
  const settled = { ...defaults, ...options };
  check(values, settled);
  // How far neighbours hang together shows only about the levels, so changes are found first as if they did not.
  const levels = search(values, { ...settled, magnitude: 0 }, 1);
  // The second search is the more careful one, so it finds nothing where the first does not.
  if (levels.length === 0) return [];
  const own = varianceInflation(
    values,
    levels.map(({ index }) => index),
  );
  return search(values, settled, Math.max(own, settled.inflation));
}

function search(values: readonly number[], options: Settled, inflation: number): ChangePoint[] {
  const { window, minSegment } = options;
  const step = Math.max(1, Math.floor(window / 2));
  const windows = Math.max(1, Math.ceil((values.length - window) / step) + 1);
  // As many independent ones as fit side by side: half of those that overlap.
  const each = { ...options, p: options.p / Math.max(1, values.length / window) };
  const borders = new Set<number>();
  for (let i = 0; i < windows; i++) {
    const from = i * step;
    part(values.slice(from, Math.min(values.length, from + window)), from, each, inflation, borders);
  }
  const apart = [...borders].sort((a, b) => a - b);
  return weed(values, thinned(apart, minSegment), each, inflation);
}

/** Of borders nearer to each other than a segment may be, the windows' different views of one change, the first stays. */
function thinned(borders: readonly number[], minSegment: number): number[] {
  return borders.filter((border, i) => i === 0 || border - (borders[i - 1] ?? 0) >= minSegment);
}

function part(
  values: readonly number[],
  offset: number,
  options: Settled,
  inflation: number,
  borders: Set<number>,
): void {
  const found = judge(values, options, inflation);
  if (found === null) return;
  borders.add(offset + found.index);
  part(values.slice(0, found.index), offset, options, inflation, borders);
  part(values.slice(found.index), offset + found.index, options, inflation, borders);
}

/** The likeliest change of a part, when the detectors agree that there is one. */
function judge(values: readonly number[], options: Settled, inflation: number): ChangePoint | null {
  const { detector, minSegment, p: limit } = options;
  const [first = detectors['e-divisive'], ...others] =
    detector === 'both' ? Object.values(detectors) : [detectors[detector]];
  const split = first.locate(values, minSegment);
  if (split === null) return null;
  const { index } = split;
  const found = first.p(values, index, minSegment, inflation);
  if (found > limit) return null;
  for (const other of others) {
    const canTell = other.leastP(values.length, index, minSegment, inflation) <= limit;
    if (canTell && other.p(values, index, minSegment, inflation) > limit * seconding) return null;
  }
  const [before, after] = [middle(values.slice(0, index)), middle(values.slice(index))];
  return {
    index,
    p: found,
    effect: before === 0 ? null : (after - before) / Math.abs(before),
    direction: after >= before ? 'up' : 'down',
  };
}

const middle = (values: readonly number[]): number =>
  quantileOfSorted(
    [...values].sort((a, b) => a - b),
    0.5,
  );

/** Judges each border between its neighbours; drops the first that does not hold, and looks again. */
function weed(values: readonly number[], borders: number[], options: Settled, inflation: number): ChangePoint[] {
  for (;;) {
    const judged = borders.map((border, i): ChangePoint | number => {
      const from = borders[i - 1] ?? 0;
      const found = judge(values.slice(from, borders[i + 1] ?? values.length), options, inflation);
      return found === null || Math.abs(found.effect ?? Infinity) < options.magnitude
        ? border
        : { ...found, index: from + found.index };
    });
    const kept = judged.filter((one): one is ChangePoint => typeof one !== 'number');
    if (kept.length === judged.length) return kept;
    const dropped = judged.find((one): one is number => typeof one === 'number');
    borders = borders.filter((border) => border !== dropped);
  }
}

function check(values: readonly number[], { p, magnitude, window, minSegment }: Settled): void {
  if (values.some((value) => !Number.isFinite(value))) throw new RangeError('every value must be a finite number');
  if (!(p > 0 && p < 1)) throw new RangeError(`p must lie between 0 and 1, not at ${p}`);
  if (!(magnitude >= 0)) throw new RangeError(`magnitude must not be negative, not ${magnitude}`);
  if (!(Number.isInteger(minSegment) && minSegment >= 2))
    throw new RangeError(`minSegment must be a whole number from 2, not ${minSegment}`);
  if (!(Number.isInteger(window) && window >= 2 * minSegment))
    throw new RangeError(`window must be a whole number from ${2 * minSegment} (two segments), not ${window}`);
}

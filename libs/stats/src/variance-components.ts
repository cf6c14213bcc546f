/** One run of a host, under one boot state: its boot, its day, the logarithm of its median. */
export interface PlacedRun {
  /** Runs of different segments (boot states) are never put beside each other: their levels differ for a known reason. */
  segment: string;
  boot: string;
  day: string;
  log: number;
}

/** A variance and the degrees of freedom that it rests on; null where the runs can't tell it. */
export interface Component {
  variance: number;
  degrees: number;
}

/** How much the runs of a host scatter when nothing changes. */
export interface VarianceComponents {
  /** Runs of one boot and day about their mean. */
  run: Component | null;
  /** Between boots of one boot state. Where each boot had a day of its own, boots and days together. */
  boot: Component | null;
  /** Between days, beyond what boots do. */
  day: Component | null;
}

/** The runs of one boot and day. */
interface Cell {
  segment: string;
  boot: string;
  day: string;
  runs: number;
  mean: number;
  squares: number;
}

/**
 * Between boots, between days and within, of runs laid out however they fell: the mean half squared differences of cell means (a cell is
 * one boot on one day), taken apart by whether the pair shares its boot or its day, less what the runs within the cells
 * contribute (Koch 1967, Technometrics 9, 93; with the unweighted cell means of Searle, Casella and McCulloch, Variance
 * Components, 1992, 5.3). Of pairs within a segment, with σ² of run, boot and day:
 *
 *     same cell:             run
 *     same boot, other day:  day  + run (1/n₁ + 1/n₂)/2
 *     other boot, same day:  boot + run (1/n₁ + 1/n₂)/2
 *     both other:            boot + day + run (1/n₁ + 1/n₂)/2
 *
 * Boot and day are the least-squares solution over the three kinds of pairs, weighted by their number; a negative one is 0. Boots and
 * days are taken to add up and to be drawn independently.
 */
export function varianceComponents(runs: readonly PlacedRun[]): VarianceComponents {
  const cells = cellsOf(runs);
  const degrees = runs.length - cells.length;
  const run = degrees === 0 ? null : { variance: sum(cells.map(({ squares }) => squares)) / degrees, degrees };
  const within = run?.variance ?? 0;
  const boots = pairsOf(cells, within, ({ segment, boot }) => key(segment, boot));
  const days = pairsOf(cells, within, ({ segment, day }) => key(segment, day));
  const all = pairsOf(cells, within, ({ segment }) => segment);
  const otherBoth = less(less(all, boots), days);
  const segments = distinct(cells, ({ segment }) => segment);
  const bootDegrees = distinct(cells, ({ segment, boot }) => key(segment, boot)) - segments;
  const dayDegrees = distinct(cells, ({ segment, day }) => key(segment, day)) - segments;
  const { boot, day } = solve(boots, days, otherBoth);
  return {
    run,
    boot: boot === null || bootDegrees === 0 ? null : { variance: Math.max(0, boot), degrees: bootDegrees },
    day: day === null || dayDegrees === 0 ? null : { variance: Math.max(0, day), degrees: dayDegrees },
  };
}

/** Summed half squared differences of pairs of cells, without the runs' part, and the number of pairs. */
interface Pairs {
  sum: number;
  count: number;
}

/** Least squares of boot and day over the kinds of pairs. */
function solve(sameBoot: Pairs, sameDay: Pairs, neither: Pairs): { boot: number | null; day: number | null } {
  const [d, b, n] = [sameBoot.count, sameDay.count, neither.count];
  // Days by themselves are known from boots that lasted, boots from days with several; with one kind of pairs, only a sum is.
  if (d + b === 0) return { boot: n === 0 ? null : neither.sum / n, day: null };
  if (n === 0) return { boot: b === 0 ? null : sameDay.sum / b, day: d === 0 ? null : sameBoot.sum / d };
  const determinant = (b + n) * (d + n) - n * n;
  const [boots, days] = [sameDay.sum + neither.sum, sameBoot.sum + neither.sum];
  return { boot: (boots * (d + n) - days * n) / determinant, day: (days * (b + n) - boots * n) / determinant };
}

function cellsOf(runs: readonly PlacedRun[]): Cell[] {
  const groups = new Map<string, PlacedRun[]>();
  for (const run of runs) {
    const name = JSON.stringify([run.segment, run.boot, run.day]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [run]);
    else group.push(run);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const mean = sum(group.map(({ log }) => log)) / group.length;
    const squares = sum(group.map(({ log }) => (log - mean) ** 2));
    return [{ segment: first.segment, boot: first.boot, day: first.day, runs: group.length, mean, squares }];
  });
}

/** Over all pairs of cells that `nameOf` puts together, by sums: Σ (x − y)² / 2 over the pairs of k values is (k Σx² − (Σx)²) / 2. */
function pairsOf(cells: readonly Cell[], within: number, nameOf: (cell: Cell) => string): Pairs {
  const groups = new Map<string, { first: number; count: number; sum: number; squares: number; shares: number }>();
  for (const cell of cells) {
    const name = nameOf(cell);
    const group = groups.get(name) ?? { first: cell.mean, count: 0, sum: 0, squares: 0, shares: 0 };
    // About the first of the group, so that close values keep their digits.
    const value = cell.mean - group.first;
    groups.set(name, {
      first: group.first,
      count: group.count + 1,
      sum: group.sum + value,
      squares: group.squares + value * value,
      shares: group.shares + 1 / cell.runs,
    });
  }
  return [...groups.values()].reduce(
    (total, { count, sum: values, squares, shares }) => ({
      sum: total.sum + (count * squares - values * values) / 2 - (within * (count - 1) * shares) / 2,
      count: total.count + (count * (count - 1)) / 2,
    }),
    { sum: 0, count: 0 },
  );
}

const less = (from: Pairs, part: Pairs): Pairs => ({ sum: from.sum - part.sum, count: from.count - part.count });
const key = (...parts: string[]): string => JSON.stringify(parts);
const distinct = (cells: readonly Cell[], nameOf: (cell: Cell) => string): number => new Set(cells.map(nameOf)).size;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

// What charts of a comparison's runs have in common: the unit, and both sides with their marks.
import { count, cycles, nanoseconds } from '#wording';

/** Runs of a side that are drawn: 20,000 marks are a blot, and took a browser half a minute. */
const drawnRuns = 2_000;

/**
 * So many of them, evenly from the first to the last.
 * @template Run
 * @param {Run[]} runs
 */
const evenly = (runs) => {
  const step = Math.max(1, runs.length / drawnRuns);
  return runs.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
};

/** @param {import('#contracts').Comparison} comparison */
export function comparedRuns({ a, b, unit }) {
  // What is not judged may still be of several clocks: then nanoseconds, wherever all of them are known.
  const ns =
    unit === 'ns' || (unit === null && [...a.runMedians, ...b.runMedians].every(({ p50Ns }) => p50Ns !== null));
  const [side, run] = ns
    ? /** @type {const} */ (['medianNs', 'p50Ns'])
    : /** @type {const} */ (['medianCycles', 'p50Cycles']);
  const sides = [
    { side: 'A', symbol: 'circle', color: 'var(--series-a)', ...a },
    { side: 'B', symbol: 'diamond', color: 'var(--series-b)', ...b },
  ].filter(({ runs }) => runs > 0);
  return {
    inUnit: ns ? 'ns' : 'TSC cycles',
    figureOf: ns ? nanoseconds : cycles,
    /** Names of the figures, of a side and of a run. */
    side,
    run,
    sides: sides.map((s) => ({ ...s, runMedians: evenly(s.runMedians) })),
    /** Where not all runs are drawn, how many are. */
    drawn: sides
      .filter(({ runMedians }) => runMedians.length > drawnRuns)
      .map((s) => ` ${count(drawnRuns)} of ${count(s.runMedians.length)} runs of ${s.side} are drawn, evenly picked.`)
      .join(''),
    provenance: [...new Set(sides.flatMap((s) => s.provenance))].join(' and '),
  };
}

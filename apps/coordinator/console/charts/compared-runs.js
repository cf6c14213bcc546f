// What charts of a comparison's runs have in common: the unit, and both sides with their marks.
import { cycles, nanoseconds } from '#wording';

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
    sides,
    provenance: [...new Set(sides.flatMap((s) => s.provenance))].join(' and '),
  };
}

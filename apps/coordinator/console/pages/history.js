import { h, table } from '../dom.js';
import { measureLabel, provenance, runLink, time } from '../format.js';
import { count, cycles, nanoseconds } from '#wording';

/**
 * Runs with a row for each of their metrics.
 * @param {import('#contracts').RunView[]} runs
 */
export function resultHistory(runs) {
  const rows = runs.flatMap((run) => run.results.map((result) => ({ run, result })));
  return table(
    'Results of runs',
    [
      { title: 'Run', cell: ({ run }) => runLink(run.runId) },
      { title: 'Ended', cell: ({ run }) => time(run.endedAt) },
      { title: 'Metric', cell: ({ run, result }) => measureLabel(run.probe, result.metric) },
      { title: 'Samples', number: true, cell: ({ result }) => count(result.samples) },
      { title: 'Lost', number: true, cell: ({ run }) => lost(run.lost) },
      { title: 'p5', number: true, hint: 'TSC cycles', cell: ({ result }) => cycles(result.p5Cycles) },
      {
        title: 'p50 cycles',
        number: true,
        hint: 'TSC cycles',
        cell: ({ result }) => h('strong', {}, cycles(result.p50Cycles)),
      },
      { title: 'p99', number: true, hint: 'TSC cycles', cell: ({ result }) => cycles(result.p99Cycles) },
      { title: 'p50 ns', number: true, cell: ({ result }) => nanoseconds(result.p50Ns) },
      { title: 'Provenance', cell: ({ run }) => provenance(run.provenance) },
    ],
    rows,
    'No completed run yet.',
  );
}

/**
 * A count of losses that can't be overlooked.
 * @param {number} n
 */
export function lost(n) {
  return n > 0 ? h('span', { class: 'warn' }, count(n)) : '0';
}

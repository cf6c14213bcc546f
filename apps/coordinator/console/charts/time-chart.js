// When the runs of both sides of a comparison were measured: what drifts or jumps shows here.
import { measureLabel } from '../format.js';
import { count } from '#wording';
import { comparedRuns } from './compared-runs.js';
import { figure, Plot } from './figure.js';

/** @param {import('#contracts').Comparison} comparison */
export function timeChart(comparison) {
  const { probe, metric } = comparison;
  const { inUnit, figureOf, run, sides, drawn, provenance } = comparedRuns(comparison);
  const runs = sides.flatMap((s) => s.runMedians.map((r) => ({ ...s, ...r, at: new Date(r.endedAt) })));
  const times = runs.map(({ at }) => at.getTime());
  const day = (/** @type {number} */ ms) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  const [first, last] = [times.reduce((x, y) => Math.min(x, y)), times.reduce((x, y) => Math.max(x, y))];
  return figure({
    label: `${measureLabel(probe, metric)} over time: ${count(comparison.a.runs + comparison.b.runs)} runs, ${provenance}, from ${day(first)} to ${day(last)} UTC.`,
    caption: `Each mark is the median of one run (A circles, B diamonds) at the time it ended, UTC; ${measureLabel(probe, metric)}, ${inUnit}, ${provenance}.${drawn}`,
    height: 240,
    plot: (width) => ({
      marginLeft: 56,
      marginTop: 14,
      marginBottom: 42,
      marginRight: 24,
      x: { type: 'utc', label: null, ticks: width / 110, inset: 12 },
      y: { label: inUnit, labelArrow: 'none', grid: true, nice: true, ticks: 5, tickFormat: figureOf, inset: 8 },
      symbol: { type: 'identity' },
      marks: [
        Plot.frame({ stroke: 'var(--line)' }),
        Plot.dot(runs, {
          x: 'at',
          y: run,
          symbol: 'symbol',
          r: 3.5,
          stroke: 'color',
          fill: 'color',
          fillOpacity: 0.35,
        }),
        Plot.tip(
          runs,
          Plot.pointer({
            x: 'at',
            y: run,
            title: (/** @type {(typeof runs)[number]} */ r) =>
              `${r.side}: ${r.hostId}\nmedian ${figureOf(r[run])} ${inUnit}\n${day(r.at.getTime())} UTC\nrun ${r.runId.slice(-12)}`,
          }),
        ),
      ],
    }),
  });
}

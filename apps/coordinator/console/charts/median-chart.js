// The runs on both sides of a comparison.
import { measureLabel } from '../format.js';
import { count } from '#wording';
import { comparedRuns } from './compared-runs.js';
import { figure, Plot } from './figure.js';

/**
 * The replicates of a comparison: a dot a run, and each side's median.
 * @param {import('#contracts').Comparison} comparison
 */
export function medianChart(comparison) {
  const { probe, metric } = comparison;
  const { inUnit, figureOf, side, run, sides, drawn, provenance } = comparedRuns(comparison);
  // A side that must not be pooled has no median.
  const pooled = sides.filter((s) => s[side] !== null);
  // Runs often have the very same median: spread them over the row's height, evenly and the same each time.
  const runs = sides.flatMap((s) => s.runMedians.map((run, i) => ({ ...s, ...run, height: (i * 0.618) % 1 })));
  /** @param {(typeof sides)[number]} s */
  const says = (s) => `${s.side}: ${count(s.runs)} runs, median ${figureOf(s[side])} ${inUnit}`;
  return figure({
    label: `Run medians of ${measureLabel(probe, metric)}, ${provenance}. ${sides.map(says).join('; ')}.`,
    caption: `Each mark is the median of one run (A circles, B diamonds), the line the side’s median; ${measureLabel(probe, metric)}, ${inUnit}, ${provenance}. The height has no meaning.${drawn}`,
    height: sides.length * 84 + 60,
    plot: (width) => ({
      marginLeft: 32,
      marginTop: 14,
      marginBottom: 42,
      marginRight: 24,
      x: { label: inUnit, grid: true, nice: true, ticks: width / 90, tickFormat: figureOf, inset: 12 },
      y: { axis: null, domain: [-0.3, 1.5] },
      fy: { label: null, axis: 'left', domain: sides.map(({ side }) => side), padding: 0.1 },
      symbol: { type: 'identity' },
      marks: [
        Plot.frame({ stroke: 'var(--line)' }),
        Plot.tickX(pooled, { fy: 'side', x: side, strokeWidth: 2, stroke: 'currentColor' }),
        Plot.dot(runs, {
          fy: 'side',
          x: run,
          y: 'height',
          symbol: 'symbol',
          r: 4,
          stroke: 'color',
          fill: 'color',
          fillOpacity: 0.35,
        }),
        Plot.text(pooled, {
          fy: 'side',
          x: side,
          text: (/** @type {(typeof sides)[number]} */ s) => `median ${figureOf(s[side])}`,
          frameAnchor: 'top',
          dy: 4,
          fontWeight: 'bold',
          stroke: 'var(--surface)',
          strokeWidth: 4,
          fill: 'currentColor',
        }),
        Plot.tip(
          runs,
          Plot.pointer({
            fy: 'side',
            x: run,
            y: 'height',
            title: (/** @type {(typeof runs)[number]} */ r) =>
              `${r.hostId}\nmedian ${figureOf(r[run])} ${inUnit}\nrun ${r.runId.slice(-12)}`,
          }),
        ),
      ],
    }),
  });
}

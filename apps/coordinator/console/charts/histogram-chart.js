// The distribution of one metric of one run.
import { measureLabel } from '../format.js';
import { count, cycles } from '#wording';
import { figure, logCycles, Plot } from './figure.js';

/** Share of the samples, at the long end, that a histogram counts in its caption instead of drawing. */
const tail = 0.005;

/** @typedef {import('#contracts').HistogramView} Histogram */
/** @typedef {Histogram['buckets'][number]} Bucket */

/** @param {number} share */
const percent = (share) => `${(share * 100).toFixed(share < 0.001 ? 3 : 1)} %`;

/**
 * The buckets up to the one within which all but the tail lie, and how many samples are left out.
 * @param {Bucket[]} buckets at least one, as wherever a metric has a result
 */
function withoutTail(buckets) {
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  let seen = 0;
  const last = buckets.findIndex((bucket) => (seen += bucket.count) >= total * (1 - tail));
  return {
    total,
    shown: buckets.slice(0, last + 1),
    beyond: total - seen,
    end: /** @type {Bucket} */ (buckets[last]).toCycles,
  };
}

/**
 * On which side of its line a label stands, at a value of the logarithmic scale: on that where it can be crossed by no other's, at the
 * edges inwards.
 * @param {{ at: number, side: 'start' | 'end' }} quantile
 * @param {number} least
 * @param {number} most
 * @param {number} width of the chart in pixels
 */
function anchorAt({ at, side }, least, most, width) {
  const from = (width * Math.log(at / least)) / Math.log(most / least);
  if (side === 'end') return from < 15 ? 'start' : 'end'; // the axis leaves room at its left
  return from > width - 90 ? 'end' : 'start';
}

/**
 * The distribution of one metric of one run.
 * @param {Histogram} histogram
 * @param {import('#contracts').RunResult} result
 */
export function histogramChart({ probe, metric, provenance, buckets }, result) {
  const { total, shown, beyond, end } = withoutTail(buckets);
  const quantiles = /** @type {const} */ ([
    { name: 'p5', at: result.p5Cycles, dy: -12, side: 'end' },
    { name: 'p50', at: result.p50Cycles, dy: -27, side: 'start' },
    { name: 'p99', at: result.p99Cycles, dy: -42, side: 'start' },
  ]).filter(({ at }) => at <= end);
  const figures = quantiles.map(({ name, at }) => `${name} ${cycles(at)}`).join(', ');
  const rest =
    beyond === 0
      ? 'All samples are drawn.'
      : `${count(beyond)} samples (${percent(beyond / total)}) lie beyond ${cycles(end)} cycles, up to ${cycles(result.maxCycles)}, and are not drawn.`;
  return figure({
    label: `Histogram of ${measureLabel(probe, metric)}, ${provenance}: ${count(total)} samples, ${figures} TSC cycles. ${rest}`,
    caption: `${measureLabel(probe, metric)}, TSC cycles, ${provenance}. ${count(total)} samples in buckets 2 % wide. ${rest}`,
    height: 288,
    plot: (width) => ({
      marginTop: 62,
      marginBottom: 42,
      marginLeft: 46,
      marginRight: 20,
      x: { ...logCycles(/** @type {Bucket} */ (shown[0]).fromCycles, end, width), label: 'TSC cycles (log scale)' },
      y: { label: '↑ samples', grid: true, tickFormat: '~%', ticks: 5 },
      marks: [
        Plot.rectY(shown, {
          x1: 'fromCycles',
          x2: 'toCycles',
          y: (/** @type {Bucket} */ bucket) => bucket.count / total,
          fill: 'var(--series-a)',
        }),
        Plot.ruleY([0]),
        Plot.ruleX(quantiles, { x: 'at', strokeDasharray: '4 3', insetTop: -6 }),
        // The three stand close together on a narrow distribution: each at a height of its own, and none beyond the frame.
        quantiles.map(({ name, at, dy, side }) =>
          Plot.text([`${name} ${cycles(at)}`], {
            // A quantile may lie before the first bucket that is drawn.
            x: [Math.max(at, /** @type {Bucket} */ (shown[0]).fromCycles)],
            frameAnchor: 'top',
            textAnchor: anchorAt({ at, side }, /** @type {Bucket} */ (shown[0]).fromCycles, end, width),
            dy,
            fontWeight: name === 'p50' ? 'bold' : 'normal',
            // A neighbour's line may pass behind it.
            stroke: 'var(--surface)',
            strokeWidth: 5,
            fill: 'var(--text)',
          }),
        ),
        Plot.tip(
          shown,
          Plot.pointerX({
            x: (/** @type {Bucket} */ bucket) => Math.sqrt(bucket.fromCycles * bucket.toCycles),
            y: (/** @type {Bucket} */ bucket) => bucket.count / total,
            title: (/** @type {Bucket} */ bucket) =>
              `${cycles(bucket.fromCycles)} to ${cycles(bucket.toCycles)} cycles\n${count(bucket.count)} samples (${percent(bucket.count / total)})`,
          }),
        ),
      ],
    }),
  });
}

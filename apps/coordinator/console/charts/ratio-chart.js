// The verdict of a comparison as a picture.
import { intervalText, margin as marginText, ratio, unitName, wholePercent } from '#wording';
import { figure, Plot } from './figure.js';

/** @typedef {import('#contracts').Comparison} Comparison */

/**
 * The ratio's interval beside the band that counts as equal.
 * @param {Comparison & { interval: NonNullable<Comparison['interval']>, unit: NonNullable<Comparison['unit']> }} comparison
 */
export function ratioChart({ ratio: estimate, unit, interval, method: { margin }, a, b }) {
  const [low, high] = [1 - margin, 1 + margin];
  const [least, most] = [Math.min(low, interval.low), Math.max(high, interval.high)];
  const room = (most - least) * 0.12;
  const words = `B / A = ${ratio(estimate)}, interval ${intervalText(interval)}`;
  const provenance = [...new Set([...a.provenance, ...b.provenance])].join(' and ');
  return figure({
    label: `${words}; within ${ratio(low)} to ${ratio(high)} counts as equal.`,
    caption: `Ratio of the sides’ levels in ${unitName[unit]} with its ${wholePercent(interval.confidence)} interval; ${provenance}. Hatched: counts as equal (${marginText(margin)}).`,
    height: 124,
    plot: (width) => ({
      marginLeft: 16,
      marginRight: 16,
      marginTop: 26,
      marginBottom: 42,
      x: {
        label: 'B / A',
        labelAnchor: 'center',
        labelArrow: 'none',
        domain: [least - room, most + room],
        grid: true,
        ticks: width / 90,
        tickFormat: '.4~g',
      },
      y: { axis: null, domain: [0, 1] },
      marks: [
        Plot.rect([0], {
          x1: low,
          x2: high,
          y1: 0,
          y2: 1,
          fill: 'url(#hatch)',
          stroke: 'var(--quiet)',
          strokeDasharray: '3 3',
        }),
        hatch,
        Plot.ruleX([1], { stroke: 'var(--quiet)' }),
        Plot.ruleY([0.5], {
          x1: interval.low,
          x2: interval.high,
          strokeWidth: 5,
          strokeLinecap: 'butt',
          stroke: 'var(--series-b)',
        }),
        Plot.dot([estimate], {
          x: (/** @type {number} */ x) => x,
          y: 0.5,
          r: 6,
          symbol: 'diamond',
          fill: 'currentColor',
        }),
        Plot.text(['← B is faster'], { frameAnchor: 'top-left', dy: -16 }),
        Plot.text(['B is slower →'], { frameAnchor: 'top-right', dy: -16 }),
      ],
    }),
  });
}

/** A pattern to tell an area by more than its colour, as a mark so that it stands in the chart's own SVG. */
function hatch() {
  const pattern = document.createElementNS('http://www.w3.org/2000/svg', 'pattern');
  const attributes = {
    id: 'hatch',
    width: 6,
    height: 6,
    patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)',
  };
  for (const [name, value] of Object.entries(attributes)) pattern.setAttribute(name, String(value));
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ width: 1.5, height: 6, fill: 'var(--line)' }))
    line.setAttribute(name, String(value));
  pattern.append(line);
  return pattern;
}

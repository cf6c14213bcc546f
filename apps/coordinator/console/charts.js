// The four charts. Observable Plot draws; every figure says its unit, where its figures come from and what it leaves out.
import { h } from './dom.js';
import { measureLabel, measureName } from './format.js';
import {
  bootText,
  count,
  cycles,
  nanoseconds,
  ratio,
  intervalText,
  margin as marginText,
  unitName,
  wholePercent,
} from './wording/src/index.js';

// Both are loaded by index.html as scripts of their own.
const { d3, Plot } = /** @type {any} */ (globalThis);

/** Share of the samples, at the long end, that a histogram counts in its caption instead of drawing. */
const tail = 0.005;

const percent = (share) => `${(share * 100).toFixed(share < 0.001 ? 3 : 1)} %`;

/**
 * A figure that is drawn at the width it gets, and again when that changes.
 * @param {{ label: string, caption: string, height: number, plot: (width: number) => object }} chart
 */
function figure({ label, caption, height, plot }) {
  const canvas = h('div', { class: 'canvas', style: `min-height:${height}px` });
  let drawn = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === 0 || width === drawn) return;
    drawn = width;
    const svg = Plot.plot({ width, height, ...plot(width) });
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    // Plot labels groups that have no role, which ARIA does not allow; the chart as a whole is labelled.
    for (const group of svg.querySelectorAll('g[aria-label]')) {
      group.classList.add(group.getAttribute('aria-label').replaceAll(' ', '-'));
      group.removeAttribute('aria-label');
    }
    canvas.replaceChildren(svg);
  }).observe(canvas);
  return h('figure', {}, canvas, h('figcaption', {}, caption));
}

/** A logarithmic scale with round figures on it, also where it spans less than a decade; none on top of another. */
function logCycles(least, most, width) {
  const wanted = width / 80;
  const round = most / least < 20 ? d3.ticks(least, most, wanted) : d3.scaleLog([least, most], [0, 1]).ticks(3);
  const apart = (most / least) ** (56 / width);
  const ticks = round.reduce((kept, at) => (kept.length > 0 && at < kept.at(-1) * apart ? kept : [...kept, at]), []);
  return { type: 'log', domain: [least, most], ticks, tickFormat: cycles };
}

/** The buckets up to the one within which all but the tail lie, and how many samples are left out. */
function withoutTail(buckets) {
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  let seen = 0;
  const last = buckets.findIndex((bucket) => (seen += bucket.count) >= total * (1 - tail));
  return { total, shown: buckets.slice(0, last + 1), beyond: total - seen, end: buckets[last].toCycles };
}

/** The distribution of one metric of one run: HistogramView and RunResult of the API. */
export function histogramChart({ probe, metric, provenance, buckets }, result) {
  const { total, shown, beyond, end } = withoutTail(buckets);
  const quantiles = [
    { name: 'p5', at: result.p5Cycles, anchor: 'end', dx: -3 },
    { name: 'p50', at: result.p50Cycles, anchor: 'middle', dx: 0 },
    { name: 'p99', at: result.p99Cycles, anchor: 'start', dx: 3 },
  ].filter(({ at }) => at <= end);
  const figures = quantiles.map(({ name, at }) => `${name} ${cycles(at)}`).join(', ');
  const rest =
    beyond === 0
      ? 'All samples are drawn.'
      : `${count(beyond)} samples (${percent(beyond / total)}) lie beyond ${cycles(end)} cycles, up to ${cycles(result.maxCycles)}, and are not drawn.`;
  return figure({
    label: `Histogram of ${measureLabel(probe, metric)}, ${provenance}: ${count(total)} samples, ${figures} TSC cycles. ${rest}`,
    caption: `${measureLabel(probe, metric)}, TSC cycles, ${provenance}. ${count(total)} samples in buckets 2 % wide. ${rest}`,
    height: 270,
    plot: (width) => ({
      marginTop: 44,
      marginBottom: 42,
      marginLeft: 46,
      marginRight: 20,
      x: { ...logCycles(shown[0].fromCycles, end, width), label: 'TSC cycles (log scale)' },
      y: { label: '↑ samples', grid: true, tickFormat: '~%', ticks: 5 },
      marks: [
        Plot.rectY(shown, {
          x1: 'fromCycles',
          x2: 'toCycles',
          y: (bucket) => bucket.count / total,
          fill: 'var(--series-a)',
        }),
        Plot.ruleY([0]),
        Plot.ruleX(quantiles, { x: 'at', strokeDasharray: '4 3', insetTop: -6 }),
        // The three stand close together on a narrow distribution: each at a height and side of its own.
        quantiles.map(({ name, at, anchor, dx }) =>
          Plot.text([`${name} ${cycles(at)}`], {
            x: [at],
            frameAnchor: 'top',
            textAnchor: anchor,
            dx,
            dy: name === 'p50' ? -22 : -10,
            fontWeight: name === 'p50' ? 'bold' : 'normal',
          }),
        ),
        Plot.tip(
          shown,
          Plot.pointerX({
            x: (bucket) => Math.sqrt(bucket.fromCycles * bucket.toCycles),
            y: (bucket) => bucket.count / total,
            title: (bucket) =>
              `${cycles(bucket.fromCycles)} to ${cycles(bucket.toCycles)} cycles\n${count(bucket.count)} samples (${percent(bucket.count / total)})`,
          }),
        ),
      ],
    }),
  });
}

/** p5 to p99 of every host with its p50, by metric. All rows are of one provenance. */
export function quantileChart(rows, provenance) {
  const measureOf = (row) => measureName(row.probe, row.metric);
  const measures = [...new Set(rows.map(measureOf))];
  const boots = new Map(rows.map((row) => [row.hostId, new Set()]));
  for (const row of rows) boots.get(row.hostId).add(row.bootStateHash);
  // A line for each host, and for each of its boot states where it has several.
  const lineOf = (row) => (boots.get(row.hostId).size === 1 ? row.hostId : `${row.hostId} ${bootText(row)}`);
  const hosts = [...new Set(rows.map(lineOf))].sort();
  const [least, most] = [Math.min(...rows.map((row) => row.p5Cycles)), Math.max(...rows.map((row) => row.p99Cycles))];
  const longest = Math.max(...hosts.map((host) => host.length));
  const says = (row) =>
    `${lineOf(row)}, ${measureOf(row)}: p5 ${cycles(row.p5Cycles)}, p50 ${cycles(row.p50Cycles)}, p99 ${cycles(row.p99Cycles)} cycles`;
  return figure({
    label: `Ranges by host and metric, ${provenance}. ${rows.map(says).join('; ')}.`,
    caption: `Dot: p50, line: p5 to p99, each the median over runs; TSC cycles, ${provenance}. The longest crossings lie beyond the lines.`,
    height: measures.length * (hosts.length * 22 + 24) + 60,
    plot: (width) => ({
      marginLeft: Math.min(longest * 6.6 + 16, width * 0.4),
      marginRight: width < 500 ? 16 : 64,
      marginTop: 14,
      marginBottom: 42,
      x: { ...logCycles(least * 0.96, most * 1.04, width), label: 'TSC cycles (log scale)', grid: true },
      y: { label: null, domain: hosts },
      fy: { label: null, domain: measures, axis: width < 500 ? null : 'right', padding: 0.12 },
      marks: [
        Plot.frame({ stroke: 'var(--line)' }),
        width < 500 &&
          Plot.text(measures, {
            fy: (measure) => measure,
            text: (measure) => measure,
            frameAnchor: 'top-right',
            dx: -4,
            dy: 4,
            fontWeight: 'bold',
          }),
        Plot.ruleY(rows, {
          fy: measureOf,
          y: lineOf,
          x1: 'p5Cycles',
          x2: 'p99Cycles',
          strokeWidth: 2,
          stroke: 'var(--series-a)',
        }),
        Plot.dot(rows, { fy: measureOf, y: lineOf, x: 'p50Cycles', r: 4, fill: 'var(--series-a)' }),
        Plot.tip(
          rows,
          Plot.pointer({
            fy: measureOf,
            y: lineOf,
            x: 'p50Cycles',
            title: (row) => says(row).replaceAll(/[:,] (?=p)/g, '\n'),
          }),
        ),
      ].filter(Boolean),
    }),
  });
}

/** The replicates of a comparison: a dot a run, and each side's median. */
export function medianChart({ probe, metric, a, b, unit }) {
  // What is not judged may still be of several clocks: then nanoseconds, wherever all of them are known.
  const ns =
    unit === 'ns' || (unit === null && [...a.runMedians, ...b.runMedians].every(({ p50Ns }) => p50Ns !== null));
  const [side, run] = ns ? ['medianNs', 'p50Ns'] : ['medianCycles', 'p50Cycles'];
  const inUnit = ns ? 'ns' : 'TSC cycles';
  const figureOf = ns ? nanoseconds : cycles;
  const sides = [
    { side: 'A', symbol: 'circle', color: 'var(--series-a)', ...a },
    { side: 'B', symbol: 'diamond', color: 'var(--series-b)', ...b },
  ].filter(({ runs }) => runs > 0);
  // A side that must not be pooled has no median.
  const pooled = sides.filter((s) => s[side] !== null);
  // Runs often have the very same median: spread them over the row's height, evenly and the same each time.
  const runs = sides.flatMap((s) => s.runMedians.map((run, i) => ({ ...s, ...run, height: (i * 0.618) % 1 })));
  const says = (s) => `${s.side}: ${count(s.runs)} runs, median ${figureOf(s[side])} ${inUnit}`;
  const provenance = [...new Set(sides.flatMap((s) => s.provenance))].join(' and ');
  return figure({
    label: `Run medians of ${measureLabel(probe, metric)}, ${provenance}. ${sides.map(says).join('; ')}.`,
    caption: `Each mark is the median of one run (A circles, B diamonds), the line the side’s median; ${measureLabel(probe, metric)}, ${inUnit}, ${provenance}. The height has no meaning.`,
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
          text: (s) => `median ${figureOf(s[side])}`,
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
            title: (r) => `${r.hostId}\nmedian ${figureOf(r[run])} ${inUnit}\nrun ${r.runId.slice(0, 8)}`,
          }),
        ),
      ],
    }),
  });
}

/** The ratio's interval beside the band that counts as equal. */
export function ratioChart({ ratio: estimate, unit, interval, method: { margin }, a, b }) {
  const [low, high] = [1 - margin, 1 + margin];
  const [least, most] = [Math.min(low, interval.low), Math.max(high, interval.high)];
  const room = (most - least) * 0.12;
  const words = `B / A = ${ratio(estimate)}, interval ${intervalText(interval)}`;
  const provenance = [...new Set([...a.provenance, ...b.provenance])].join(' and ');
  return figure({
    label: `${words}; within ${ratio(low)} to ${ratio(high)} counts as equal.`,
    caption: `Ratio of the sides’ medians in ${unitName[unit]} with its ${wholePercent(interval.confidence)} interval; ${provenance}. Hatched: counts as equal (${marginText(margin)}).`,
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
        Plot.dot([estimate], { x: (x) => x, y: 0.5, r: 6, symbol: 'diamond', fill: 'currentColor' }),
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

// The hosts of a job side by side.
import { measureName } from '../format.js';
import { bootText, cycles } from '../wording/src/index.js';
import { figure, logCycles, Plot } from './figure.js';

/** @typedef {import('#contracts').JobResultRow} Row */

/**
 * p5 to p99 of every host with its p50, by metric.
 * @param {Row[]} rows all of that provenance
 * @param {import('#contracts').Provenance} provenance
 */
export function quantileChart(rows, provenance) {
  /** @param {Row} row */
  const measureOf = (row) => measureName(row.probe, row.metric);
  const measures = [...new Set(rows.map(measureOf))];
  /** @type {Map<string, Set<string>>} */
  const boots = new Map(rows.map((row) => [row.hostId, new Set()]));
  for (const row of rows) boots.get(row.hostId)?.add(row.bootStateHash);
  // A line for each host, and for each of its boot states where it has several.
  /** @param {Row} row */
  const lineOf = (row) => (boots.get(row.hostId)?.size === 1 ? row.hostId : `${row.hostId} ${bootText(row)}`);
  const hosts = [...new Set(rows.map(lineOf))].sort();
  const [least, most] = [Math.min(...rows.map((row) => row.p5Cycles)), Math.max(...rows.map((row) => row.p99Cycles))];
  const longest = Math.max(...hosts.map((host) => host.length));
  /** @param {Row} row */
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
            fy: (/** @type {string} */ measure) => measure,
            text: (/** @type {string} */ measure) => measure,
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
            title: (/** @type {Row} */ row) => says(row).replaceAll(/[:,] (?=p)/g, '\n'),
          }),
        ),
      ].filter((mark) => mark !== false),
    }),
  });
}

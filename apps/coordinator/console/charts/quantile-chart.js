// The hosts of a job side by side.
import { measureName } from '../format.js';
import { bootText, cycles } from '#wording';
import { rangeChart } from './range-chart.js';

/** @typedef {import('#contracts').JobResultRow} Row */

/**
 * p5 to p99 of every host with its p50, by metric.
 * @param {Row[]} rows all of that provenance
 * @param {import('#contracts').Provenance} provenance
 */
export function quantileChart(rows, provenance) {
  /** @param {Row} row */
  const panelOf = (row) => measureName(row.probe, row.metric);
  /** @type {Map<string, Set<string>>} */
  const boots = new Map(rows.map((row) => [row.hostId, new Set()]));
  for (const row of rows) boots.get(row.hostId)?.add(row.bootStateHash);
  // A line for each host, and for each of its boot states where it has several.
  /** @param {Row} row */
  const lineOf = (row) => (boots.get(row.hostId)?.size === 1 ? row.hostId : `${row.hostId} ${bootText(row)}`);
  return rangeChart({
    rows,
    panelOf,
    lineOf,
    rangeOf: (row) => [row.p5Cycles, row.p50Cycles, row.p99Cycles],
    says: (row) =>
      `${lineOf(row)}, ${panelOf(row)}: p5 ${cycles(row.p5Cycles)}, p50 ${cycles(row.p50Cycles)}, p99 ${cycles(row.p99Cycles)} cycles`,
    unit: 'TSC cycles',
    label: `Ranges by host and metric, ${provenance}`,
    caption: `Dot: p50, line: p5 to p99, each the median over runs; TSC cycles, ${provenance}. The longest crossings lie beyond the lines.`,
  });
}

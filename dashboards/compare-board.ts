import { everyMeasure, measureLabel, measureName, metricNames, probeNames, simulators } from '#contracts';
import { BigValueGraphMode, ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as HistogramPanelBuilder } from '@grafana/grafana-foundation-sdk/histogram';
import { PanelBuilder as StatPanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { Board } from './board.js';
import { cellOf } from './cell.js';
import { choices, everyProvenance } from './choices-panel.js';
import { legend, neutral, percentileBand, points, table, units } from './panels.js';
import { dataSource, postgresQuery } from './postgres-query.js';
import { queryText, type Queries } from './queries.js';
import { dataVariable, provenanceVariable } from './variables.js';

/** Runs that each side needs before a ratio is shown: of fewer, one slow run is most of it. */
const minRunsPerSide = 5;

const what = '$probe $metric · $provenance';
/** Names as SQL literals, in the catalogue's order: a variable begins with the first that has results. */
function literals(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}

/** Executors whose runs of one seed are copies of each other, as SQL literals. */
const simulatorNames = literals(simulators);
/** More points than a panel has pixels only make it slow. */
const mostPoints = 5000;
/** Every run is one row of the distribution. */
const mostRuns = 10_000;
const none = 'no such results in this time';
const cell = cellOf('result.executor');
const cellOfDay = cellOf('series.executor');

export function compareBoard(queries: Queries): Board {
  const sql = (name: string, parameters?: Record<string, string>) => queryText(queries, name, parameters);
  const sides = ['a', 'b'] as const;
  const groupOf = (side: 'a' | 'b') => `\${${side}:sqlstring}`;

  const band = (side: 'a' | 'b') =>
    percentileBand(
      {
        title: `${side}: $${side} · ${what}`,
        description:
          'p5 to p95 of a run in TSC cycles as a band around p50, p99 dashed. A point a day (UTC): the median over the hosts of each host’s median over its runs.',
        unit: units.cycles,
        noValue: none,
      },
      sql('band-over-time', {
        probe: '${probe:sqlstring}',
        metric: '${metric:sqlstring}',
        group: groupOf(side),
        cell: cellOfDay,
      }),
    );

  return {
    uid: 'xperf-fleet-compare',
    title: 'Compare generations',
    description:
      'Two CPU generations, each under one executor, kernel and KPTI state, side by side: run medians, their ratio and their spread.',
    variables: [
      provenanceVariable(),
      dataVariable('probe', 'Probe', sql('compare-probes', { probes: literals(probeNames) })).description(
        'What the runs measured. One at a time: figures of two probes are never pooled, whatever their metrics are called.',
      ),
      dataVariable('metric', 'Metric', sql('compare-metrics', { metrics: literals(metricNames) })).description(
        everyMeasure()
          .map(({ probe, metric }) => `${measureName(probe, metric)}: ${measureLabel(probe, metric)}`)
          .join('. '),
      ),
      // b begins as another generation under a's kernel and KPTI state, where there is one.
      dataVariable('a', 'a (reference)', sql('compare-cells', { cell: cellOfDay })),
      dataVariable('b', 'b', sql('compare-matched-cells', { cell: cellOfDay })),
    ],
    sections: [
      choices(sql('compare-choices', { ...everyProvenance, cell: cellOfDay })),
      {
        title: `b against a · ${what}`,
        height: 6,
        panels: [
          {
            width: 6,
            panel: ratio(sql('compare-ratio', { simulators: simulatorNames, minRuns: String(minRunsPerSide), cell })),
          },
          {
            width: 18,
            panel: table(
              {
                title: `Sides · ${what}`,
                description:
                  'Runs are the replicates, and hosts weigh the same: the lowest and highest median of a run, and the median over the hosts of each host’s median over its runs.',
                unit: units.cycles,
                noValue: none,
              },
              sql('compare-sides', { cell }),
              { hosts: units.count, runs: units.count, samples: units.count, nanoseconds: 'ns' },
            ),
          },
        ],
      },
      {
        title: `Runs · ${what}`,
        height: 9,
        panels: [
          {
            width: 14,
            panel: points(
              {
                title: `Run medians over time · ${what}`,
                description: `A point for the median of each completed run, in TSC cycles; the latest ${mostPoints} runs.`,
                unit: units.cycles,
                noValue: none,
              },
              sql('run-medians-over-time', { limit: String(mostPoints), cell }),
            ),
          },
          {
            width: 10,
            panel: new HistogramPanelBuilder()
              .title(`Distribution of run medians · ${what}`)
              .description(
                `How many runs have a median in each range of TSC cycles; the latest ${mostRuns} of each side. Every run counts once.`,
              )
              .unit(units.cycles)
              .noValue(none)
              .datasource(dataSource)
              .targets(
                sides.map((side) =>
                  postgresQuery(
                    side.toUpperCase(),
                    'table',
                    sql('run-medians', { side, group: groupOf(side), limit: String(mostRuns), cell }),
                  ),
                ),
              )
              .combine(false)
              .legend(legend()),
          },
        ],
      },
      {
        title: `Bands by day · ${what}`,
        height: 8,
        panels: sides.map((side) => ({ width: 12, panel: band(side) })),
      },
      {
        title: `All generations against a · ${what}`,
        height: 9,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: `All generations against a · ${what}`,
                description:
                  'Medians over the hosts of each host’s median over its runs, in TSC cycles and in nanoseconds, and the ratio of the nanoseconds to a: cycles of TSCs with other rates are other lengths of time. Empty where a rate is not known; no ratio where kernel or KPTI state differ from a’s.',
                unit: units.cycles,
                noValue: none,
              },
              sql('generations-against-a', { simulators: simulatorNames, cell }),
              {
                hosts: units.count,
                runs: units.count,
                samples: units.count,
                nanoseconds: 'ns',
                'ns, ratio to a': units.ratio,
              },
            ),
          },
        ],
      },
    ],
  };
}

function ratio(rawSql: string): StatPanelBuilder {
  return new StatPanelBuilder()
    .title(`b / a · ${what}`)
    .description(
      `Median over b's hosts of each host's run medians by that of a's, in nanoseconds (in TSC cycles only between runs of one host whose TSC rate is not known); above 1, b is slower. Copies of a simulated run count once. Without an interval it is no verdict: the coordinator's GET /v1/compare gives one. Needs ${minRunsPerSide} runs a side.`,
    )
    .unit(units.ratio)
    .decimals(3)
    .noValue(`fewer than ${minRunsPerSide} runs on a side, or unknown clocks`)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
    .graphMode(BigValueGraphMode.None)
    .colorScheme(neutral)
    .datasource(dataSource)
    .withTarget(postgresQuery('A', 'table', rawSql));
}

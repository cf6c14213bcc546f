import { simulators } from '#contracts';
import { BigValueGraphMode, ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as HistogramPanelBuilder } from '@grafana/grafana-foundation-sdk/histogram';
import { PanelBuilder as StatPanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { Board } from './board.js';
import { cellOf, selectorOf } from './cell.js';
import { isNoisy } from './noisy.js';
import { choices, everyProvenance } from './choices-panel.js';
import { boardUids, judgedAgainst, linked } from './links.js';
import {
  decimals,
  fixedColour,
  legend,
  neutral,
  percentileBand,
  points,
  table,
  unitOverride,
  units,
  whenEmpty,
  width,
  wrapped,
} from './panels.js';
import { dataSource, postgresQuery } from './postgres-query.js';
import { queryText, type Queries } from './queries.js';
import { consoleVariable, dataVariable, measureVariables, provenanceVariable } from './variables.js';

/** Runs that each side needs before a ratio is shown: of fewer, one slow run is most of it. */
const minRunsPerSide = 5;

const what = '$probe $metric · $provenance';
/** Executors whose runs of one seed are copies of each other, as SQL literals. */
const simulatorNames = simulators.map((name) => `'${name}'`).join(', ');
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

  return {
    uid: boardUids.compare,
    title: 'Compare generations',
    description:
      'Two CPU generations, each under one executor, kernel and KPTI state, side by side: run medians, their ratio and their spread.',
    variables: [
      provenanceVariable(),
      ...measureVariables(sql),
      // b begins as another generation under a's kernel and KPTI state, where there is one.
      dataVariable('a', 'a (reference)', sql('compare-cells', { cell: cellOfDay })),
      dataVariable('b', 'b', sql('compare-matched-cells', { cell: cellOfDay })),
      consoleVariable(),
    ],
    sections: [
      choices(sql('compare-choices', { ...everyProvenance, cell: cellOfDay })),
      {
        title: `b against a · ${what}`,
        height: 7,
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
              sql('compare-sides', { cell, noisy: isNoisy }),
              {
                hosts: units.count,
                'noisy hosts': units.count,
                runs: units.count,
                samples: units.count,
                nanoseconds: 'ns',
              },
            )
              .overrideByName('side', width(50))
              .overrideByName('generation', [...width(300), ...wrapped])
              .overrideByName('nanoseconds', whenEmpty('clock not known')),
          },
        ],
      },
      {
        title: `Judged · ${what}`,
        height: 4,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: `The same for the coordinator · ${what}`,
                description:
                  'Selectors of a and b. The link asks the coordinator, which gives a ratio with an interval and a verdict, or says why the two can’t be compared.',
                unit: units.count,
                noValue: 'a side has no runs in this time',
              },
              sql('compare-selectors', { cell: cellOf('segment.executor'), selector: selectorOf }),
            )
              .overrideByName('b', wrapped)
              .overrideByName('a', [...wrapped, ...linked(judgedAgainst('a', 'b'))]),
          },
        ],
      },
      {
        title: `Runs · ${what}`,
        height: 10,
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
            )
              .overrideByRegexp('/^a: /', fixedColour('blue'))
              .overrideByRegexp('/^b: /', fixedColour('orange')),
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
              .overrideByName('a', fixedColour('blue'))
              .overrideByName('b', fixedColour('orange'))
              .legend(legend()),
          },
        ],
      },
      {
        title: `Bands by day · ${what}`,
        height: 10,
        panels: [
          {
            width: 24,
            panel: percentileBand(
              {
                title: `Both bands on one axis · ${what}`,
                description:
                  'p5 to p95 of a run in TSC cycles as a band around p50, p99 dashed; a blue, b orange. A point a day (UTC): the median over the hosts of each host’s median over its runs.',
                unit: units.cycles,
                noValue: none,
              },
              sql('compare-bands', { cell: cellOfDay }),
              { a: 'blue', b: 'orange' },
            ),
          },
        ],
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
              sql('generations-against-a', { simulators: simulatorNames, cell, noisy: isNoisy }),
              {
                hosts: units.count,
                'noisy hosts': units.count,
                runs: units.count,
                samples: units.count,
                nanoseconds: 'ns',
                'ns, ratio to a': units.ratio,
              },
            )
              .overrideByName('generation', [...width(250), ...wrapped])
              .overrideByName('median of host medians', [...unitOverride(units.cycles), ...whenEmpty('clocks differ')])
              .overrideByName('nanoseconds', [...unitOverride(units.ns), ...whenEmpty('clock not known')])
              .overrideByName('ns, ratio to a', [...decimals(3), ...whenEmpty('not like a')]),
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

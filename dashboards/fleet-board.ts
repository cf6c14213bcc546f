import { everyMeasure, measureLabel, measureName, type Metric, type Probe } from '#contracts';
import { PanelBuilder as StatPanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { BigValueGraphMode, ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { Board } from './board.js';
import { cellOf } from './cell.js';
import { choices, everyProvenance } from './choices-panel.js';
import { fixedColour, lines, neutral, percentileBand, stackedBars, table, unitOverride, units } from './panels.js';
import { dataSource, postgresQuery } from './postgres-query.js';
import { queryText, type Queries } from './queries.js';
import { dataVariable, provenanceVariable } from './variables.js';

interface Measure {
  probe: Probe;
  metric: Metric;
}

const cell = cellOf('series.executor');
/** How a point comes about. The replicate is the run, and hosts weigh the same: samples of several are never pooled. */
const daily =
  'A point a day (UTC): the median over the hosts of each host’s median over its runs. Days without runs are gaps.';

export function fleetBoard(queries: Queries): Board {
  const sql = (name: string, parameters?: Record<string, string>) => queryText(queries, name, parameters);

  const medians = ({ probe, metric }: Measure) =>
    lines(
      {
        title: `${measureLabel(probe, metric)}: median · $provenance`,
        description: `Median (p50) of ${measureName(probe, metric)} in TSC cycles, a line for each generation, bare or VM, executor, kernel and KPTI state. ${daily}`,
        unit: units.cycles,
        noValue: `no ${measureName(probe, metric)} of this provenance in this time`,
      },
      sql('median-over-time', { probe, metric, cell }),
    );

  const band = ({ probe, metric }: Measure) =>
    percentileBand(
      {
        title: `${measureName(probe, metric)} of $group · $provenance`,
        description: `p5 to p95 of a run’s ${measureName(probe, metric)} in TSC cycles as a band around p50, p99 dashed. ${daily}`,
        unit: units.cycles,
        noValue: `no ${measureName(probe, metric)} of this provenance in this time`,
      },
      sql('band-over-time', { probe: `'${probe}'`, metric: `'${metric}'`, group: '${group:sqlstring}', cell }),
    )
      .repeat('group')
      .repeatDirection('h')
      .maxPerRow(3);

  return {
    uid: 'xperf-fleet',
    title: 'Fleet',
    description: 'How long CPUs take to cross into the kernel and back, over time and by generation.',
    variables: [
      provenanceVariable(),
      dataVariable('group', 'Generation, kernel, KPTI', sql('fleet-cells', { cell }))
        .multi(true)
        .includeAll(true)
        .current({
          text: ['All'],
          value: ['$__all'],
          selected: true,
        }),
    ],
    sections: [
      choices(sql('fleet-choices', { ...everyProvenance, cell })),
      { title: 'Fleet · $provenance', height: 4, panels: [{ width: 24, panel: totals(sql('fleet-totals')) }] },
      {
        title: 'Medians by generation · $provenance',
        height: 9,
        panels: everyMeasure().map((measure) => ({ width: 12, panel: medians(measure) })),
      },
      ...everyMeasure().map((measure) => ({
        title: `${measureName(measure.probe, measure.metric)} bands · $provenance`,
        height: 8,
        panels: [{ width: 24, panel: band(measure) }],
      })),
      {
        title: 'Runs and losses · $provenance',
        height: 8,
        panels: [
          {
            width: 12,
            panel: stackedBars(
              {
                title: 'Ended runs · $provenance',
                description: 'Runs by how they ended. A run that was never started has no provenance and is not here.',
                unit: units.count,
                noValue: 'no runs of this provenance in this time',
              },
              sql('runs-over-time'),
            )
              .overrideByName('completed', fixedColour('blue'))
              .overrideByName('abandoned', fixedColour('orange'))
              .overrideByName('failed', fixedColour('red')),
          },
          {
            width: 12,
            panel: stackedBars(
              {
                title: 'Lost samples · $provenance',
                description: "Samples missing from the kernel log of a run's last attempt, by the reason observed.",
                unit: units.count,
                noValue: 'nothing was lost',
              },
              sql('losses-over-time'),
            ),
          },
          {
            width: 24,
            panel: table(
              {
                title: 'Runs with losses · $provenance',
                description: 'The latest 100 runs that lost samples or had damaged lines in their kernel log.',
                unit: units.count,
                noValue: 'nothing was lost',
              },
              sql('runs-with-losses'),
              { time: 'dateTimeAsIso' },
            ),
          },
        ],
      },
      {
        title: 'Hosts · $provenance',
        height: 8,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: 'Hosts that serve $provenance runs',
                description:
                  'What each host is now, its completed runs in this time, and when its worker was last seen (empty: never).',
                unit: units.count,
                noValue: 'no host serves this provenance',
              },
              sql('hosts'),
              { 'last seen': 'dateTimeFromNow' },
            ),
          },
        ],
      },
    ],
  };
}

function totals(rawSql: string): StatPanelBuilder {
  return new StatPanelBuilder()
    .title('Totals · $provenance')
    .description(
      'Hosts with completed runs, completed runs, failed or abandoned runs, samples, and the share of faults whose sample was lost.',
    )
    .unit(units.count)
    .noValue('no runs of this provenance in this time')
    .datasource(dataSource)
    .withTarget(postgresQuery('A', 'table', rawSql))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('/.*/'))
    .graphMode(BigValueGraphMode.None)
    .colorScheme(neutral)
    .overrideByName('faults lost', unitOverride(units.share));
}

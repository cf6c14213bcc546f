import { everyMeasure, measureName, metricsOfProbe } from '#contracts';
import { PanelBuilder as TrendPanelBuilder } from '@grafana/grafana-foundation-sdk/trend';
import type { Section } from './board.js';
import { linked, toConsoleRunHere } from './links.js';
import { fixedColour, unitOverride, units } from './fields.js';
import { highestFirst } from './over-time.js';
import { table, width, wrapped } from './table.js';
import { dataSource, postgresQuery } from './postgres-query.js';

const isWindow = ({ probe }: { probe: Parameters<typeof metricsOfProbe>[0] }) => metricsOfProbe(probe).length > 1;
const windows = everyMeasure().filter(isWindow);
/** A run has one of them. */
const roundTrips = everyMeasure()
  .filter((measure) => !isWindow(measure))
  .map(({ metric }) => metric);

/** By the number of the fault: when each sample was taken is not kept. */
function course(what: string, rawSql: string): TrendPanelBuilder {
  return new TrendPanelBuilder()
    .title(`${what} over the run · $provenance`)
    .description(
      'Median and p95 of up to 50 stretches of the run, each of equally many faults, in TSC cycles, by the number of its first fault. A gap: nothing valid is left of that stretch.',
    )
    .unit(units.cycles)
    .noValue(`no ${what} of this run to draw`)
    .datasource(dataSource)
    .xField('fault')
    .spanNulls(false)
    .lineWidth(2)
    .legend(highestFirst())
    .overrideByName('fault', [...unitOverride(units.count), { id: 'custom.axisLabel', value: 'fault' }])
    .overrideByName('median', [...fixedColour('blue'), ...linked(toConsoleRunHere)])
    .overrideByName('p95', [...fixedColour('light-blue'), ...linked(toConsoleRunHere)])
    .withTarget(postgresQuery('A', 'table', rawSql));
}

/**
 * A run from its first fault to its last, and how its log begins.
 *
 * @param ofMetrics the query of one of these metrics, as SQL literals
 */
export function overTheRun(ofMetrics: (metrics: string) => string, lines: string): Section[] {
  const literals = (metrics: readonly string[]) => metrics.map((metric) => `'${metric}'`).join(', ');
  return [
    {
      title: 'Over the run · $provenance',
      height: 9,
      panels: [
        ...windows.map(({ probe, metric }) => course(measureName(probe, metric), ofMetrics(literals([metric])))),
        course('round trip', ofMetrics(literals(roundTrips))),
      ].map((panel) => ({ width: 8, panel })),
    },
    {
      title: 'Its kernel log · $provenance',
      height: 6,
      panels: [
        {
          width: 24,
          panel: table(
            {
              title: 'First lines · $provenance',
              description:
                'The first lines of the run’s kernel log that are its measurement’s, as they were printed; long ones are cut. The console has the whole log.',
              unit: units.count,
              noValue: 'no line is kept of this run, or no such run',
            },
            lines,
          )
            .overrideByName('line', width(60))
            .overrideByName('text', [...wrapped, ...linked(toConsoleRunHere)]),
        },
      ],
    },
  ];
}

import { everyMeasure, measureName, metricsOfProbe } from '#contracts';
import { BarGaugeDisplayMode, ReduceDataOptionsBuilder, VizOrientation } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as BarGaugePanelBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import { TextBoxVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { accessSection } from './access-panel.js';
import type { Board } from './board.js';
import { figures } from './figures-panel.js';
import {
  boardUids,
  linked,
  toConsoleHost,
  toConsoleHostsWith,
  toConsoleRun,
  toConsoleRunHere,
  toHost,
  toRun,
} from './links.js';
import { fixedColour, unitOverride, units, whenEmpty } from './fields.js';
import { atLeast, idWide, stateWide, table, timeWide, width, wrapped } from './table.js';
import { dataSource, postgresQuery } from './postgres-query.js';
import { overTheRun } from './run-course.js';
import { queryText, type Queries } from './queries.js';
import { consoleVariable, provenanceVariable } from './variables.js';

/** Null of what is not an id, so that the index is used and nothing else is a fault. */
const run = `(CASE WHEN \${run:sqlstring} ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\Z' THEN \${run:sqlstring} END)::uuid`;
const none = 'no such run of this provenance; the list below has the latest';
/** What one run gives side by side: of a probe with one metric the table says as much. */
const windows = everyMeasure().filter(({ probe }) => metricsOfProbe(probe).length > 1);

export function runBoard(queries: Queries): Board {
  const sql = (name: string, parameters: Record<string, string> = { run }) => queryText(queries, name, parameters);

  return {
    uid: boardUids.run,
    title: 'Run',
    description:
      'One run: its figures, how it went on, what was lost, what it ran on. All its samples and lines are in the console.',
    variables: [
      provenanceVariable((name, parameters) => queryText(queries, name, parameters)),
      new TextBoxVariableBuilder('run')
        .label('Run')
        .description('The id of a run; the links of the other boards set it.')
        .defaultValue(''),
      consoleVariable(),
    ],
    sections: [
      {
        title: 'The run · $run · $provenance',
        height: 5,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: 'The run · $provenance',
                description: 'How the run went: its host, its attempts, its times, why it failed.',
                unit: units.count,
                noValue: none,
              },
              sql('run-facts'),
              { queued: 'dateTimeAsIso', started: 'dateTimeAsIso', ended: 'dateTimeAsIso' },
            )
              .overrideByName('host', linked(toHost(), toConsoleHost))
              .overrideByName('queued', timeWide)
              .overrideByName('started', timeWide)
              .overrideByName('ended', timeWide)
              .overrideByName('state', width(110))
              .overrideByName('noise', width(110))
              .overrideByName('failure', [...width(400), ...wrapped, ...whenEmpty('–')]),
          },
          {
            width: 24,
            panel: figures(
              {
                title: 'Its faults · $provenance',
                description:
                  'What became of the run’s faults: samples, those lost, those rejected, lines of the log that were damaged; and the overhead: what two readings of the TSC cost, in cycles, which is in every sample.',
                unit: units.count,
                noValue: none,
              },
              sql('run-counts'),
            )
              .overrideByRegexp('/.*/', linked(toConsoleRunHere))
              .overrideByName('overhead', [...unitOverride(units.cycles), ...whenEmpty('not known')]),
          },
          {
            width: 24,
            panel: table(
              {
                title: 'Distribution · $provenance',
                description:
                  'Quantiles of the run’s samples in TSC cycles, a row for each metric; p50 also in nanoseconds. Invalid samples and those with an interrupt inside are counted and left out.',
                unit: units.cycles,
                noValue: none,
              },
              sql('run-quantiles'),
              { samples: units.count, invalid: units.count, interrupted: units.count, 'p50 in ns': units.ns },
            )
              .overrideByName('metric', linked(toConsoleRunHere))
              .overrideByName('p50 in ns', whenEmpty('clock not known')),
          },
        ],
      },
      {
        title: 'Shape · $provenance',
        height: 9,
        panels: windows.map(({ probe, metric }) => ({
          width: 12,
          panel: new BarGaugePanelBuilder()
            .title(`${measureName(probe, metric)} from the least to p99 · $provenance`)
            .description(
              `Quantiles of the run’s ${measureName(probe, metric)} in TSC cycles on one scale from zero. The greatest sample is in the table above: it would make these bars short.`,
            )
            .unit(units.cycles)
            .noValue(`no ${metric} of this run to draw`)
            .min(0)
            .colorScheme({ build: () => fixedColour('blue')[0]?.value as never })
            .datasource(dataSource)
            .orientation(VizOrientation.Horizontal)
            .displayMode(BarGaugeDisplayMode.Basic)
            .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('/.*/'))
            .overrideByRegexp('/.*/', linked(toConsoleRunHere))
            .withTarget(postgresQuery('A', 'table', sql('run-shape', { run, metric }))),
        })),
      },
      ...overTheRun((metrics) => sql('run-course', { run, metrics }), sql('run-lines')),
      {
        title: 'What it ran on · $provenance',
        height: 10,
        panels: [
          {
            width: 12,
            panel: table(
              {
                title: 'Boot state · $provenance',
                description: 'What the machine was under this run, as selectors name it.',
                unit: units.count,
                noValue: none,
              },
              sql('run-boot-state'),
            )
              .overrideByName('field', width(200))
              .overrideByName('value', [...wrapped, ...linked(toConsoleHostsWith('field', 'value'))]),
          },
          {
            width: 12,
            panel: table(
              {
                title: 'Preflight · $provenance',
                description:
                  'What was looked at before the run that disturbs measurements: the verdict, what disturbed, what could not be read or set, and the CPUs of the measuring program and of the log’s reader.',
                unit: units.count,
                noValue: 'nothing was looked at: a simulated, emulated or imported run, or no such run',
              },
              sql('run-preflight'),
            )
              .overrideByName('looked at', width(260))
              .overrideByName('found', [...wrapped, ...linked(toConsoleRunHere)]),
          },
        ],
      },
      {
        title: 'What it lost · $provenance',
        height: 6,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: 'Losses · $provenance',
                description: 'What is missing from the kernel log of the run’s last attempt, where in it, and why.',
                unit: units.count,
                noValue: 'nothing was lost, or no such run',
              },
              sql('run-losses'),
              { time: 'dateTimeAsIso', 'from byte': 'none', 'to byte': 'none' },
            )
              .overrideByName('time', timeWide)
              .overrideByName('reason', atLeast(140))
              .overrideByName('lost records', [...atLeast(90), ...whenEmpty('not known')])
              .overrideByName('detail', [...width(600), ...wrapped, ...linked(toConsoleRunHere)]),
          },
        ],
      },
      {
        title: 'Others · $provenance',
        height: 8,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: 'Latest runs · $provenance',
                description:
                  'The latest 20 runs in this time. The first link opens one here, the second in the console, with its samples, raw lines and events.',
                unit: units.count,
                noValue: 'no runs of this provenance in this time',
              },
              sql('latest-runs', {}),
              { time: 'dateTimeAsIso' },
            )
              .overrideByName('run', [...idWide, ...linked(toRun(), toConsoleRun)])
              .overrideByName('host', linked(toHost(), toConsoleHost))
              .overrideByName('state', stateWide),
          },
        ],
      },
      accessSection(queries),
    ],
  };
}

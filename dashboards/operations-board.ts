import { BigValueGraphMode, ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as StatPanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { Board } from './board.js';
import { boardUids, linked, toConsoleHost, toConsoleRun, toHostAnyMeasure, toRun } from './links.js';
import {
  fixedColour,
  inItsColour,
  lines,
  neutral,
  stackedBars,
  table,
  unitOverride,
  units,
  whenEmpty,
  width,
  type PanelText,
} from './panels.js';
import { dataSource, postgresQuery } from './postgres-query.js';
import { queryText, type Queries } from './queries.js';
import { consoleVariable, provenanceVariable, type Sql } from './variables.js';

const noRuns = 'no runs of this provenance in this time';

/** The fleet as a machine that runs: none of it speaks of CPUs. */
export function operationsBoard(queries: Queries): Board {
  const sql: Sql = (name, parameters) => queryText(queries, name, parameters);
  const none = { noValue: noRuns, unit: units.count };

  return {
    uid: boardUids.operations,
    title: 'Operations',
    description: 'Whether the fleet works: runs and their failures, losses, queues, hosts, read models, the database.',
    from: 'now-7d',
    variables: [provenanceVariable(sql), consoleVariable()],
    sections: [
      {
        title: 'Fleet · $provenance',
        height: 4,
        panels: [
          {
            width: 16,
            panel: figures(
              {
                title: 'Totals · $provenance',
                description:
                  'Hosts with completed runs, completed runs, failed or abandoned runs, the share of these that succeeded, samples, and the share of faults whose sample was lost.',
                ...none,
              },
              sql('fleet-totals'),
            )
              .overrideByName('faults lost', unitOverride(units.share))
              .overrideByName('succeeded', unitOverride(units.share)),
          },
          {
            width: 8,
            panel: figures(
              {
                title: 'Database · not only $provenance',
                description:
                  'Bytes on disk, indexes included: the whole database; of it the events, what they were read from, and the tables derived from them.',
                unit: units.bytes,
                noValue: 'not known',
              },
              sql('database-size'),
            ),
          },
        ],
      },
      {
        title: 'Runs · $provenance',
        height: 8,
        panels: [
          {
            width: 12,
            panel: stackedBars(
              {
                title: 'Ended runs · $provenance',
                description: 'Runs by how they ended. A run that was never started has no provenance and is not here.',
                ...none,
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
                title: 'Failures by reason · $provenance',
                description:
                  'Failed and abandoned runs by the code of their failure, as their workers or the coordinator gave it.',
                unit: units.count,
                noValue: 'no run failed',
              },
              sql('failures-over-time'),
            ),
          },
          {
            width: 12,
            panel: lines(
              {
                title: 'Wait in the queue · $provenance',
                description:
                  'Seconds from a run’s order to its start, by when the run ended. A run that was put back waits from its first order.',
                unit: units.seconds,
                noValue: noRuns,
              },
              sql('queue-wait-over-time'),
            ).interval('1h'),
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
            )
              .overrideByName('time', width(160))
              .overrideByName('host', linked(toHostAnyMeasure(), toConsoleHost))
              .overrideByName('run', [...width(320), ...linked(toRun(), toConsoleRun)]),
          },
        ],
      },
      {
        title: 'Hosts and queues',
        height: 8,
        panels: [
          {
            width: 14,
            panel: table(
              {
                title: 'Hosts that serve $provenance runs',
                description:
                  'What each host is now, its completed runs in this time, and when its worker was last seen. Noise grade D: its runs scatter by more than 3 % when nothing changes.',
                unit: units.count,
                noValue: 'no host serves this provenance',
              },
              sql('hosts'),
              { 'last seen': 'dateTimeFromNow' },
            )
              .overrideByName('host', linked(toHostAnyMeasure(), toConsoleHost))
              .overrideByName('generation', [...width(130), ...inItsColour])
              .overrideByName('microcode', whenEmpty('not known'))
              .overrideByName('noise', whenEmpty('–'))
              .overrideByName('last seen', [...unitOverride('dateTimeFromNow'), ...whenEmpty('never')]),
          },
          {
            width: 10,
            panel: table(
              {
                title: 'Runs that wait or are under way · not only $provenance',
                description:
                  'Runs queued and started on each host, since when the oldest waits, and when the host’s worker was last seen. A queued run has no provenance yet.',
                unit: units.count,
                noValue: 'nothing waits',
              },
              sql('waiting-runs'),
              { 'waiting since': 'dateTimeFromNow', 'worker seen': 'dateTimeFromNow' },
            )
              .overrideByName('host', linked(toHostAnyMeasure(), toConsoleHost))
              .overrideByName('waiting since', [...unitOverride('dateTimeFromNow'), ...whenEmpty('none waits')])
              .overrideByName('worker seen', [...unitOverride('dateTimeFromNow'), ...whenEmpty('never')]),
          },
          {
            width: 24,
            panel: table(
              {
                title: 'Read models · not only $provenance',
                description:
                  'How far each read model has followed the events, beside the one that is furthest; when it last moved; whether it is being filled again; and streams that no read model could fold.',
                unit: units.count,
                noValue: 'no read model has begun',
              },
              sql('projection-lag'),
              { 'last moved': 'dateTimeFromNow' },
            ),
          },
        ],
      },
    ],
  };
}

/** One figure for each column. */
function figures({ title, description, unit, noValue }: PanelText, rawSql: string): StatPanelBuilder {
  return new StatPanelBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .noValue(noValue)
    .datasource(dataSource)
    .withTarget(postgresQuery('A', 'table', rawSql))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('/.*/'))
    .graphMode(BigValueGraphMode.None)
    .colorScheme(neutral);
}

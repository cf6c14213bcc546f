import { hostStateSchema } from '#contracts';
import { accessSection } from './access-panel.js';
import type { Board } from './board.js';
import { figures } from './figures-panel.js';
import { mostDaysByHour, mostDaysOfHours } from './fragments.js';
import {
  boardUids,
  linked,
  toConsoleHost,
  toConsoleHostsIn,
  toConsoleRun,
  toConsoleJobs,
  toHome,
  toHost,
  toItsHosts,
  toLatestRuns,
  toRun,
} from './links.js';
import { fixedColour, shadesOf, unitOverride, units, whenEmpty } from './fields.js';
import { lines, stackedBars } from './over-time.js';
import { atLeast, idWide, inItsColour, stateWide, table, timeWide, width } from './table.js';
import { queryText, type Queries } from './queries.js';
import { consoleVariable, provenanceVariable, type Sql } from './variables.js';

const noRuns = 'no runs of this provenance in this time';
/** A figure for each state that a host can be in, by the name that the board gives it. */
const stateNames = hostStateSchema.options.map(
  (state) => [state, state === 'never' ? 'never heard of' : state] as const,
);

/** The fleet as a machine that runs: none of it speaks of CPUs. */
export function operationsBoard(queries: Queries): Board {
  const sql: Sql = (name, parameters) => queryText(queries, name, parameters);
  const none = { noValue: noRuns, unit: units.count };
  const hostsByState = figures(
    {
      title: 'Hosts by state · $provenance',
      description:
        'Hosts that serve this provenance, by what each is now: what was said of it (draining, quarantined, removed), else whether its worker is heard of. Silent: three missed heartbeats. Never heard of: imported, or of a demo.',
      unit: units.count,
      noValue: 'no host serves this provenance',
    },
    sql('hosts-by-state', {
      counts: stateNames
        .map(([state, name]) => `count(*) FILTER (WHERE state = '${state}')::float8 AS "${name}"`)
        .join(', '),
    }),
  );
  for (const [state, name] of stateNames) hostsByState.overrideByName(name, linked(toConsoleHostsIn(state)));

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
            width: 13,
            panel: figures(
              {
                title: 'Totals · $provenance',
                description: `Hosts with completed runs, completed runs, failed or abandoned runs, the share of these that succeeded, samples, and the share of faults whose sample was lost. Of a range above ${mostDaysByHour} days, the days at both ends are whole.`,
                ...none,
              },
              sql('fleet-totals'),
            )
              .overrideByRegexp('/.*/', linked(toHome, toLatestRuns))
              .overrideByName('faults lost', unitOverride(units.share))
              .overrideByName('succeeded', unitOverride(units.share)),
          },
          {
            width: 11,
            panel: figures(
              {
                title: 'Database · any provenance',
                description:
                  'Bytes on disk, indexes included: the whole database; of it the events, what they were read from, and the tables derived from them. In 90 days: the whole at its growth of the last 28 days, or since the first run where no size was noted yet; DatabaseGrowing warns above 200 GB.',
                unit: units.bytes,
                noValue: 'no runs',
              },
              sql('database-size'),
            ),
          },
        ],
      },
      {
        title: 'Runs · $provenance',
        height: 9,
        panels: [
          {
            width: 12,
            panel: stackedBars(
              {
                title: 'Ended runs · $provenance',
                description:
                  'Runs by how they ended, by the hour in which they did. A run that was never started has no provenance and is not here.',
                ...none,
              },
              sql('runs-over-time'),
            )
              .overrideByRegexp('/.*/', linked(toLatestRuns, toConsoleJobs))
              .overrideByName('completed', fixedColour('blue'))
              .overrideByName('abandoned', fixedColour('orange'))
              .overrideByName('failed', fixedColour('red')),
          },
          {
            width: 12,
            panel: lines(
              {
                title: 'Runs that succeeded · $provenance',
                description:
                  'The share of the runs that ended which were completed, by the hour in which they ended, in long ranges of several hours. A run that was never started has no provenance and is not counted.',
                unit: units.share,
                noValue: noRuns,
              },
              sql('succeeded-over-time'),
            )
              .interval('1h')
              .min(0)
              .max(1)
              .overrideByName('succeeded', [...fixedColour('blue'), ...linked(toLatestRuns, toConsoleJobs)]),
          },
          {
            width: 8,
            panel: stackedBars(
              {
                title: 'Failures by reason · $provenance',
                description:
                  'Failed and abandoned runs by the code of their failure, as their workers or the coordinator gave it.',
                unit: units.count,
                noValue: 'no run failed',
              },
              sql('failures-over-time'),
            )
              .overrideByRegexp('/.*/', linked(toLatestRuns, toConsoleJobs))
              .colorScheme(shadesOf('red'))
              .overrideByRegexp('/^abandoned/', [{ id: 'color', value: { mode: 'shades', fixedColor: 'orange' } }]),
          },
          {
            width: 8,
            panel: lines(
              {
                title: 'Wait in the queue · $provenance',
                description: `Seconds from a run’s order to its start, by when the run ended: median and 95th percentile of an hour’s runs, above ${mostDaysOfHours} days of a day’s. Of a run that was tried again, the wait of its last try.`,
                unit: units.seconds,
                noValue: noRuns,
              },
              sql('queue-wait-over-time'),
            )
              .overrideByRegexp('/.*/', linked(toLatestRuns, toConsoleJobs))
              .overrideByName('median', fixedColour('blue'))
              .overrideByName('p95', fixedColour('light-blue')),
          },
          {
            width: 8,
            panel: stackedBars(
              {
                title: 'Lost samples · $provenance',
                description:
                  'Samples missing from the kernel log of a run’s last attempt, by the reason observed and by when the run ended.',
                unit: units.count,
                noValue: 'nothing was lost',
              },
              sql('losses-over-time'),
            )
              .overrideByRegexp('/.*/', linked(toLatestRuns))
              .colorScheme(shadesOf('orange')),
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
              .overrideByName('time', timeWide)
              .overrideByName('host', linked(toHost(), toConsoleHost))
              .overrideByName('state', stateWide)
              .overrideByName('run', [...idWide, ...linked(toRun(), toConsoleRun)]),
          },
        ],
      },
      {
        title: 'Hosts by state · $provenance',
        height: 5,
        panels: [{ width: 24, panel: hostsByState }],
      },
      {
        title: 'Hosts and queues',
        height: 9,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: 'Hosts that serve runs · $provenance',
                description: `What each host is now, its completed runs in this time (of a range above ${mostDaysByHour} days, those of whole days), its state, and when its worker was last seen: silent ones first, the longest first. Silent: three missed heartbeats (docs/hosts.md). Removed hosts are left out. Noise grade D: its runs scatter by more than 3 % when nothing changes.`,
                unit: units.count,
                noValue: 'no host serves this provenance',
              },
              sql('hosts'),
              { 'last seen': 'dateTimeFromNow' },
            )
              .overrideByName('host', [...width(180), ...linked(toHost(), toConsoleHost)])
              .overrideByName('generation', [...width(160), ...inItsColour, ...linked(toItsHosts('host'))])
              .overrideByName('virtualization', width(115))
              .overrideByName('completed runs', width(90))
              .overrideByName('kernel', width(200))
              .overrideByName('microcode', whenEmpty('not known'))
              .overrideByName('noise', whenEmpty('–'))
              .overrideByName('last seen', [...width(145), ...unitOverride('dateTimeFromNow'), ...whenEmpty('never')]),
          },
          {
            width: 12,
            panel: table(
              {
                title: 'Runs that wait or are under way · any provenance',
                description:
                  'Runs queued and started on each host, since when the oldest waits, the host’s state, and when its worker was last seen. A queued run has no provenance yet.',
                unit: units.count,
                noValue: 'nothing waits',
              },
              sql('waiting-runs'),
              { 'waiting since': 'dateTimeFromNow', 'worker seen': 'dateTimeFromNow' },
            )
              .overrideByName('host', linked(toHost(), toConsoleHost))
              .overrideByName('queued', width(75))
              .overrideByName('started', width(75))
              .overrideByName('waiting since', [
                ...width(145),
                ...unitOverride('dateTimeFromNow'),
                ...whenEmpty('none waits'),
              ])
              .overrideByName('worker seen', [
                ...width(145),
                ...unitOverride('dateTimeFromNow'),
                ...whenEmpty('never'),
              ]),
          },
          {
            width: 12,
            panel: table(
              {
                title: 'Read models · any provenance',
                description:
                  'How far each read model has followed the events, beside the one that is furthest; when it last moved; whether it is being filled again; and streams that no read model could fold.',
                unit: units.count,
                noValue: 'no read model has begun',
              },
              sql('projection-lag'),
              { 'last moved': 'dateTimeFromNow' },
            ).overrideByName('read model', atLeast(140)),
          },
        ],
      },
      {
        title: 'Sessions · any provenance',
        height: 5,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: 'Who holds the read models back · any provenance',
                description:
                  'Sessions with a transaction that has written and been open for more than 5 seconds: read models follow the events up to the oldest of these. A worker’s or reader’s session is ended after 10 seconds; any other you must end: SELECT pg_terminate_backend(session), of a prepared transaction ROLLBACK PREPARED.',
                unit: units.count,
                noValue: 'nobody',
              },
              sql('feed-holders'),
              { since: 'dateTimeFromNow' },
            )
              .overrideByName('session', width(100))
              .overrideByName('application', whenEmpty('no name'))
              .overrideByName('since', [...width(145), ...unitOverride('dateTimeFromNow')]),
          },
        ],
      },
      {
        title: 'The database · any provenance',
        height: 9,
        panels: [
          {
            width: 24,
            panel: lines(
              {
                title: 'Database over time · any provenance',
                description: `Bytes on disk, indexes included, as the coordinator noted them at the beginning of each hour, above ${mostDaysOfHours} days the highest of each day: the whole database; of it the events, and what they were read from. The rest are the tables derived from them.`,
                unit: units.bytes,
                noValue: 'no size was noted in this time: the coordinator does so once an hour',
              },
              sql('database-size-over-time'),
            )
              .min(0)
              .overrideByName('database', fixedColour('blue'))
              .overrideByName('events', fixedColour('purple'))
              .overrideByName('raw lines and samples', fixedColour('orange')),
          },
        ],
      },
      accessSection(queries),
    ],
  };
}

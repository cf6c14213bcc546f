import { accessSection } from './access-panel.js';
import type { Board } from './board.js';
import { cellOf } from './cell.js';
import { byRange, inEachUnit, ofDays, ofRuns } from './in-each-unit.js';
import {
  boardUids,
  linked,
  pointToConsoleRun,
  pointToRun,
  toConsoleHost,
  toConsoleHostHere,
  toConsoleHostsWith,
  toConsoleRun,
  toEffects,
  toHost,
  toRun,
  toSideB,
  toThisMeasure,
  toTrends,
  toTrendsOfKernel,
} from './links.js';
import { decimals, fixedColour, units, unitOverride, whenEmpty } from './fields.js';
import { percentileBand, runPoints, timeline } from './over-time.js';
import { idWide, inItsColour, stateWide, table, timeWide, width, wrapped } from './table.js';
import { queryText, type Queries } from './queries.js';
import {
  consoleVariable,
  dataVariable,
  measureVariables,
  provenanceVariable,
  unitVariable,
  type Sql,
} from './variables.js';

const what = '$host · $probe $metric · $provenance';
const none = 'no such results of this host in this time';
/** Points of a year of a host that is measured 13 times a day. */
const mostRuns = 5_000;

export function hostBoard(queries: Queries): Board {
  const sql: Sql = (name, parameters) => queryText(queries, name, parameters);

  return {
    uid: boardUids.host,
    title: 'Generation → host',
    description: 'One host among the others of its generation: its level, its runs, its boot states, how noisy it is.',
    variables: [
      provenanceVariable(sql),
      ...measureVariables(sql),
      unitVariable(sql),
      dataVariable('host', 'Host', sql('host-names')),
      consoleVariable(),
    ],
    sections: [
      {
        title: `Beside its like · ${what}`,
        height: 9,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: `Hosts of its kind · ${what}`,
                description:
                  'Hosts that share a line of the boards with the chosen one, which stands first; 500 rows at most. Level: the median of its days’ levels, in TSC cycles; beside it the median in nanoseconds and the level’s ratio to the median host’s of the same CPU model, microcode and settings, in nanoseconds where the clock is known. Scatter: the standard deviation of a day’s runs, as a share. Noise: grade D where its runs scatter by more than 3 % when nothing changes, else what the last runs’ machine was found to be.',
                unit: units.cycles,
                noValue: none,
              },
              sql('hosts-beside', { cell: cellOf('series.executor') }),
              { runs: units.count, median: units.ns, 'to the median host': units.ratio, 'last day': 'time:YYYY-MM-DD' },
            )
              .overrideByName('host', [...width(150), ...linked(toHost(), toConsoleHost)])
              .overrideByName('generation', [...width(400), ...inItsColour, ...linked(toSideB(), toTrends())])
              .overrideByName('noise', [...width(110), ...whenEmpty('not judged')])
              .overrideByName('to the median host', decimals(4))
              .overrideByName('median', [...unitOverride(units.ns), ...whenEmpty('clock not known')])
              .overrideByName('scatter of runs', [...unitOverride(units.share), ...whenEmpty('one run a day')]),
          },
        ],
      },
      {
        title: `Over time · ${what}`,
        height: 10,
        panels: [
          {
            width: 24,
            panel: runPoints(
              {
                title: `Run medians · ${what}`,
                description: `A point for the median of each completed run; the latest ${mostRuns} runs. A point opens its run. What they were measured under is below, on the same time axis.`,
                unit: units.ns,
                noValue: none,
              },
              inEachUnit(ofRuns, (scale) =>
                sql('host-run-medians', { ...scale, cell: cellOf('result.executor'), limit: String(mostRuns) }),
              ),
              [pointToRun, pointToConsoleRun],
            ).overrideByName('run median', fixedColour('blue')),
          },
        ],
      },
      {
        title: 'Measured under · $host · $provenance',
        height: 7,
        panels: [
          {
            width: 24,
            panel: timeline(
              {
                title: 'Boot states over time · $host · $provenance',
                description:
                  'What the host was measured under each day (UTC): another word is a change of the machine. Two on one day are joined by a plus.',
                unit: units.count,
                noValue: none,
              },
              sql('host-boot-timeline'),
            ).overrideByRegexp('/.*/', linked(toEffects, toConsoleHostHere)),
          },
        ],
      },
      {
        title: `Bands · ${what}`,
        height: 10,
        panels: [
          {
            width: 24,
            panel: percentileBand(
              {
                title: `Band · ${what}`,
                description: `p5 to p95 of a run as a band around p50, p99 dashed. ${byRange}: the medians over its runs. One under two boot states or executors is left out, because they are not pooled.`,
                unit: units.ns,
                noValue: none,
              },
              inEachUnit(ofDays, (scale) => sql('host-band', scale)),
            ).overrideByFieldType('number', linked(toConsoleHostHere)),
          },
        ],
      },
      {
        title: 'The machine · $host · $provenance',
        height: 9,
        panels: [
          {
            width: 8,
            panel: table(
              {
                title: 'Facts · $host · $provenance',
                description:
                  'What the host is now: its labels and the facts of its boot state, by the names that selectors have for them.',
                unit: units.count,
                noValue: 'no such host serves this provenance',
              },
              sql('host-facts'),
            )
              .overrideByName('fact', width(200))
              .overrideByName('value', [...wrapped, ...linked(toConsoleHostsWith('fact', 'value'))]),
          },
          {
            width: 16,
            panel: table(
              {
                title: 'How much its figures scatter · $host · $provenance',
                description:
                  'Standard deviations as shares of the level: of samples within a run, of runs within a day, of days under one boot, and between boots. Grade D hides effects that other hosts show. Empty where there is too little to tell.',
                unit: units.share,
                noValue: 'nothing known of this host’s noise',
              },
              sql('host-noise'),
              { runs: units.count, boots: units.count, days: units.count },
            )
              .overrideByName('metric', linked(toThisMeasure))
              .overrideByFieldType('number', whenEmpty('too little')),
          },
          {
            width: 24,
            panel: table(
              {
                title: 'Boot states · $host · $provenance',
                description: 'What the host was measured under, newest first, each from its first to its last run.',
                unit: units.count,
                noValue: none,
              },
              sql('host-boot-states'),
              { from: 'dateTimeAsIso', to: 'dateTimeAsIso' },
            )
              .overrideByName('from', timeWide)
              .overrideByName('to', timeWide)
              .overrideByName('executor', width(100))
              .overrideByName('kernel', [...width(150), ...linked(toTrendsOfKernel())])
              .overrideByName('noise', width(100))
              .overrideByName('microcode', whenEmpty('not known'))
              .overrideByName('SMT', whenEmpty('not known'))
              .overrideByName('CPU', [...width(210), ...wrapped])
              .overrideByName('command line', [...width(330), ...wrapped, ...whenEmpty('not known')]),
          },
        ],
      },
      {
        title: 'Runs · $host · $provenance',
        height: 12,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: `Runs · ${what}`,
                description:
                  'The latest 200 runs of the host in this time; the median and p99 are in TSC cycles. The link opens the run.',
                unit: units.count,
                noValue: 'no runs of this host in this time',
              },
              sql('host-runs'),
              { time: 'dateTimeAsIso', median: units.cycles, p99: units.cycles },
            )
              .overrideByName('time', timeWide)
              .overrideByName('run', [...idWide, ...linked(toRun(), toConsoleRun)])
              .overrideByName('state', stateWide)
              .overrideByName('noise', width(100))
              .overrideByName('failure', [...width(135), ...whenEmpty('–')])
              .overrideByName('median', [...width(95), ...unitOverride(units.cycles), ...whenEmpty('–')])
              .overrideByName('p99', [...width(95), ...unitOverride(units.cycles), ...whenEmpty('–')]),
          },
        ],
      },
      accessSection(queries),
    ],
  };
}

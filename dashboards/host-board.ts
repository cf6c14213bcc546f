import type { Board } from './board.js';
import { cellOf } from './cell.js';
import { gradeOf, isNoisy } from './noisy.js';
import { boardUids, linked, toConsoleHost, toConsoleRun, toHost, toRun, toSideB } from './links.js';
import {
  decimals,
  inGenerationColours,
  percentileBand,
  points,
  table,
  units,
  unitOverride,
  whenEmpty,
  width,
  wrapped,
} from './panels.js';
import { queryText, type Queries } from './queries.js';
import { consoleVariable, dataVariable, measureVariables, provenanceVariable } from './variables.js';

const what = '$host · $probe $metric · $provenance';
const none = 'no such results of this host in this time';
/** Points of a year of a host that is measured 13 times a day. */
const mostRuns = 5_000;

export function hostBoard(queries: Queries): Board {
  const sql = (name: string, parameters?: Record<string, string>) => queryText(queries, name, parameters);

  return {
    uid: boardUids.host,
    title: 'Generation → host',
    description: 'One host among the others of its generation: its level, its runs, its boot states, how noisy it is.',
    variables: [
      provenanceVariable(),
      ...measureVariables(sql),
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
                  'Hosts that share a line of the boards with the chosen one. Level: the median of its days’ levels, in TSC cycles; beside it the median in nanoseconds and the level’s ratio to the median host’s. Scatter: the standard deviation of a day’s runs, as a share. Noise: grade D where its runs scatter by more than 3 % when nothing changes, else what the last runs’ machine was found to be.',
                unit: units.cycles,
                noValue: none,
              },
              sql('hosts-beside', { cell: cellOf('series.executor'), noisy: isNoisy }),
              { runs: units.count, median: units.ns, 'to the median host': units.ratio, 'last day': 'time:YYYY-MM-DD' },
            )
              .overrideByName('host', [...width(150), ...linked(toHost(), toConsoleHost)])
              .overrideByName('generation', [...width(480), ...linked(toSideB())])
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
            panel: inGenerationColours(
              points(
                {
                  title: `Run medians · ${what}`,
                  description: `A point for the median of each completed run, in TSC cycles; the latest ${mostRuns} runs. A line’s name has the kernel and the KPTI state. The runs are listed below.`,
                  unit: units.cycles,
                  noValue: none,
                },
                sql('host-run-medians', { cell: cellOf('result.executor'), limit: String(mostRuns) }),
              ),
            ),
          },
          {
            width: 24,
            panel: percentileBand(
              {
                title: `Band by day · ${what}`,
                description:
                  'p5 to p95 of a run as a band around p50, p99 dashed: a day’s medians over its runs, in TSC cycles. A day under two boot states or executors is left out, because they are not pooled.',
                unit: units.cycles,
                noValue: none,
              },
              sql('host-band'),
            ),
          },
        ],
      },
      {
        title: 'The machine · $host · $provenance',
        height: 9,
        panels: [
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
              .overrideByName('from', width(165))
              .overrideByName('to', width(165))
              .overrideByName('executor', width(100))
              .overrideByName('microcode', whenEmpty('not known'))
              .overrideByName('SMT', whenEmpty('not known'))
              .overrideByName('CPU', [...width(230), ...wrapped])
              .overrideByName('command line', [...width(330), ...wrapped, ...whenEmpty('not known')]),
          },
          {
            width: 24,
            panel: table(
              {
                title: 'How much its figures scatter · $host · $provenance',
                description:
                  'Standard deviations as shares of the level: of samples within a run, of runs within a day, of days under one boot, and between boots. Grade D hides effects that other hosts show. Empty where there is too little to tell.',
                unit: units.share,
                noValue: 'nothing known of this host’s noise',
              },
              sql('host-noise', { grade: gradeOf }),
              { runs: units.count, boots: units.count, days: units.count },
            ).overrideByFieldType('number', whenEmpty('too little')),
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
              .overrideByName('time', width(160))
              .overrideByName('run', [...width(310), ...linked(toRun(), toConsoleRun)])
              .overrideByName('failure', whenEmpty('–'))
              .overrideByName('median', [...unitOverride(units.cycles), ...whenEmpty('–')])
              .overrideByName('p99', [...unitOverride(units.cycles), ...whenEmpty('–')]),
          },
        ],
      },
    ],
  };
}

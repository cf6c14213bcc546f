import type { PanelBuilder as TimeseriesPanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Board } from './board.js';
import { cellOf, selectorOf } from './cell.js';
import { choices } from './choices-panel.js';
import { fragments, leastForInterval, mostDaysByDay, mostDaysByWeek } from './fragments.js';
import { byRange, inEachUnit, ofDays } from './in-each-unit.js';
import {
  boardUids,
  judgedSince,
  lineToSideB,
  linked,
  toHost,
  toHosts,
  toItsHosts,
  toRegressions,
  toSideB,
  toTrends,
} from './links.js';
import { decimals, unitOverride, units, whenEmpty } from './fields.js';
import {
  generationLines,
  highestFirst,
  inGenerationColours,
  joinedOver,
  marginLines,
  stackedBars,
} from './over-time.js';
import { hiddenColumn, inItsColour, mapped, table, verdictColours, width, wrapped } from './table.js';
import { postgresQuery } from './postgres-query.js';
import { queryText, type Queries } from './queries.js';
import {
  cellVariables,
  consoleVariable,
  dataVariable,
  measureVariables,
  provenanceVariable,
  severalOf,
  unitVariable,
  type Sql,
} from './variables.js';

const cell = cellOf('series.executor');
const what = '$probe $metric · $provenance';
const none = 'no such results in this time';
/** The margin of the coordinator's verdicts, as a share. */
const margin = 0.01;
/** What is recent, and the first days that later ones are compared with. */
const recentDays = 7;
/** What it is set beside: four weeks, in which each day of the week counts the same. */
const earlierDays = 28;
/** Below it a day or two would be most of a median. */
const leastDays = 3;
/** Hosts of one change that are named: more would fill the table with one row. */
const mostNamed = 4;
const { byMonth = '', byMonthAlways = '' } = fragments;
/** Rows of a panel at most, the newest. A year of the demo's 20 hosts has 2,250. */
const mostRows = String(10_000);
/** How a point comes about. The replicate is the run, and hosts weigh the same: samples of several are never pooled. */
const asPoint = `${byRange}: the median over the hosts of each host’s median over its runs. Days without runs are gaps.`;

export function trendsBoard(queries: Queries): Board {
  const sql: Sql = (name, parameters) => queryText(queries, name, parameters);
  const over = (name: string, parameters: Record<string, string> = {}) =>
    sql(name, { cell, limit: mostRows, ...parameters });

  return {
    uid: boardUids.trends,
    title: 'Trends',
    description: 'How long CPUs take to cross into the kernel and back: what moved, since when, and where.',
    from: 'now-1y',
    marks: [
      { name: 'Boot states', colour: 'purple', rawSql: sql('boot-state-marks') },
      { name: 'Confirmed changes of this metric', colour: 'red', rawSql: sql('finding-marks') },
    ],
    variables: [
      provenanceVariable(sql),
      ...measureVariables(sql),
      unitVariable(sql),
      ...cellVariables(sql),
      severalOf(dataVariable('group', 'Generation, kernel, KPTI', sql('cells', { order: '1' }))),
      consoleVariable(),
    ],
    sections: [
      choices(queries, ['group']),
      {
        title: `What moved · ${what}`,
        height: 13,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: `The last ${recentDays} days against the ${earlierDays} before · ${what}`,
                description: `Each host’s median level of the last ${recentDays} days over that of the ${earlierDays} days before, under one boot state; of these ratios the median, its interval of 95 % from ${leastForInterval} hosts, lowest and highest over the hosts. Noisy hosts have grade D: their runs scatter by more than 3 % when nothing changes. Hosts with fewer than ${leastDays} days on a side are left out. Both reach back from the end of the time range, wherever it begins. The verdict is that of the fresh runs of a change found on one of these hosts, where there is one; of the others, the link on the ratio asks the coordinator.`,
                unit: units.ratio,
                noValue: `no host with ${leastDays} days on both sides under one boot state`,
              },
              sql('what-moved', {
                cell,
                selector: selectorOf,
                recentHours: String(24 * recentDays),
                allHours: String(24 * (recentDays + earlierDays)),
                leastDays: String(leastDays),
              }),
              { hosts: units.count, 'noisy hosts': units.count, now: units.ns },
            )
              .overrideByName('generation', [...width(390), ...inItsColour, ...linked(toSideB(), toTrends())])
              .overrideByName('selector', hiddenColumn)
              .overrideByName('most changed host', linked(toHost()))
              .overrideByName('recent / earlier', [
                ...decimals(4),
                ...linked(judgedSince('selector', `${recentDays}d`)),
              ])
              .overrideByName('interval from', [...width(110), ...decimals(4), ...whenEmpty('too few hosts')])
              .overrideByName('interval to', [...width(110), ...decimals(4), ...whenEmpty('too few hosts')])
              .overrideByName('verdict', [...mapped(verdictColours), ...whenEmpty('none'), ...linked(toRegressions)])
              .overrideByName('lowest host', decimals(4))
              .overrideByName('highest host', decimals(4))
              .overrideByName('now', [...unitOverride(units.ns), ...whenEmpty('clock not known')]),
          },
        ],
      },
      {
        title: `Over time · ${what}`,
        height: 14,
        panels: [
          {
            width: 24,
            panel: generationLines(
              {
                title: `Median over time · ${what}`,
                description: `A line for each generation, bare or VM, executor, kernel and KPTI state; a generation has one colour. Left out in nanoseconds where a host’s clock rate is not known. ${asPoint}`,
                unit: units.ns,
                noValue: none,
              },
              inEachUnit(ofDays, (scale) => over('median-over-time', scale)),
              [lineToSideB],
            ),
          },
          {
            width: 24,
            panel: changes(over),
          },
        ],
      },
      {
        title: `Within a generation · ${what}`,
        height: 14,
        panels: [
          {
            width: 24,
            panel: generationLines(
              {
                title: `Highest host above lowest · ${what}`,
                description:
                  'The distance between the levels of the highest and the lowest host of a line, as a share of the median host’s. Levels are in ns; in TSC cycles on days when the clock of one of the hosts is not known, and then hosts of other clock rates lie apart by those, too. Only days with two hosts or more.',
                unit: units.share,
                noValue: 'no day with two like hosts',
              },
              over('spread-over-time'),
              [lineToSideB],
            ).legend(highestFirst()),
          },
          {
            width: 24,
            panel: generationLines(
              {
                title: `Tail: p99 / p50 · ${what}`,
                description:
                  'How much longer the slowest hundredth of a run’s crossings takes than its median: the median over the hosts of each host’s ratio in that time.',
                unit: units.ratio,
                noValue: none,
              },
              over('tail-over-time'),
              [lineToSideB],
            ).legend(highestFirst()),
          },
        ],
      },
      {
        title: `What changed, and what is missing · ${what}`,
        height: 10,
        panels: [
          {
            width: 14,
            panel: table(
              {
                title: 'Boot states that changed · $provenance',
                description:
                  'Hosts that were measured under another boot state than before, by day; marked in purple on the panels above. Effects of each: known changes in the console.',
                unit: units.count,
                noValue: 'no boot state changed in this time',
              },
              sql('boot-state-changes', { named: String(mostNamed) }),
              { time: 'time:YYYY-MM-DD' },
            )
              .overrideByName('time', width(100))
              .overrideByName('hosts', width(70))
              .overrideByName('generation', [...width(140), ...inItsColour, ...linked(toItsHosts('first host'))])
              .overrideByName('first host', [...width(120), ...linked(toHost())])
              .overrideByName('which', wrapped)
              .overrideByName('changed', [...width(300), ...wrapped, ...whenEmpty('nothing that is shown here')]),
          },
          {
            width: 10,
            panel: inGenerationColours(
              stackedBars(
                {
                  title: `Hosts measured each day · ${what}`,
                  description:
                    'Hosts with at least one completed run that day, by generation. One that was measured under two kernels, KPTI states or executors that day counts under each. A day without a bar has no data.',
                  unit: units.count,
                  noValue: none,
                },
                sql('coverage-over-time', { cell }),
              ),
            ).overrideByRegexp('/.*/', linked(toHosts)),
          },
        ],
      },
    ],
  };
}

/** Points lie a day apart, in long ranges up to 13 days or a month: a query for each, because longer silence is a gap. */
function changes(over: (name: string, parameters: Record<string, string>) => string): TimeseriesPanelBuilder {
  const sql = (inRange: string) => over('change-since-start', { days: String(recentDays), inRange });
  const panel = generationLines(
    {
      title: `Change under each boot state · ${what}`,
      description: `Each host’s level against its first ${recentDays} days in this time under the same boot state; the median over the hosts. A point a day; in ranges above ${mostDaysByDay} days one day of each week, that on which most hosts were measured, against the first of these; above ${mostDaysByWeek} days whole months, against the first. Hosts that join or leave change nothing here. Dashed: the margin of ±1 % within which the coordinator calls two levels equal.`,
      unit: units.share,
      noValue: none,
    },
    sql(`NOT ${byMonth}`),
    [lineToSideB],
  )
    .withTarget(postgresQuery('weeks', 'time_series', sql(`${byMonth} AND NOT ${byMonthAlways}`)))
    .withTarget(postgresQuery('months', 'time_series', sql(byMonthAlways)))
    .overrideByQuery('weeks', joinedOver(14))
    .overrideByQuery('months', joinedOver(32));
  // Of a few points without a change, Grafana would draw the axis up to 10,000 %.
  return marginLines(
    panel
      .legend(highestFirst())
      .axisSoftMin(-2 * margin)
      .axisSoftMax(2 * margin),
    margin,
  );
}

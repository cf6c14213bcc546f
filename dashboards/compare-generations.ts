import { minHostsOfAKind } from '#stats';
import type { Section } from './board.js';
import { cellOf, selectorOf } from './cell.js';
import { mostDaysByDay } from './fragments.js';
import { judgedAgainst, linked, toHost, toSideB, toTrends } from './links.js';
import { decimals, unitOverride, units, whenEmpty } from './fields.js';
import { bars, hiddenColumn, inItsColour, table, width, wrapped } from './table.js';
import type { Sql } from './variables.js';

const what = '$probe $metric · $provenance';
const none = 'no such results in this time';
const cell = cellOf('series.executor');
/** Levels as the coordinator computes them. */
const levels = `Level of a host: the mean of the logarithms of its run medians. A row’s: the mean over its hosts, which weigh the same. In ranges above ${mostDaysByDay} days the months at both ends count whole.`;

export function ladder(sql: Sql): Section {
  return {
    title: `Ladder by year · ${what}`,
    height: 10,
    panels: [
      {
        width: 24,
        panel: table(
          {
            title: `Ladder by year · ${what}`,
            description: `Generations under a’s kernel and executor, bare or VM as a, in the order of their years. ${levels} Bars from zero, in nanoseconds and in TSC cycles. Interval of 95 % of the generation’s level, from ${minHostsOfAKind} hosts; single hosts lie outside it: beside it the lowest and the highest host’s level.`,
            unit: units.ns,
            noValue: none,
          },
          sql('ladder-by-year', { cell }),
          { year: 'none', hosts: units.count, cycles: units.cycles },
        )
          .overrideByName('year', [...width(60), ...whenEmpty('?')])
          .overrideByName('generation', [...width(160), ...inItsColour, ...linked(toSideB('cell'), toTrends('cell'))])
          .overrideByName('KPTI', width(100))
          .overrideByName('hosts', width(70))
          .overrideByName('nanoseconds', [...width(310), ...bars, ...whenEmpty('clock not known')])
          .overrideByName('cycles', [
            ...unitOverride(units.cycles),
            ...width(330),
            ...bars,
            ...whenEmpty('clocks differ'),
          ])
          .overrideByName('interval from', whenEmpty(`< ${minHostsOfAKind} hosts`))
          .overrideByName('interval to', whenEmpty(`< ${minHostsOfAKind} hosts`))
          .overrideByName('lowest host', whenEmpty('clock not known'))
          .overrideByName('highest host', whenEmpty('clock not known'))
          .overrideByName('slowest host', [...width(110), ...wrapped, ...linked(toHost())])
          .overrideByName('cell', hiddenColumn),
      },
    ],
  };
}

export function againstA(sql: Sql): Section {
  return {
    title: `All against a · ${what}`,
    height: 10,
    panels: [
      {
        width: 24,
        panel: table(
          {
            title: `All against a · ${what}`,
            description: `${levels} Beside it the ratio of the nanoseconds to a’s, with Welch’s interval of 95 % from ${minHostsOfAKind} hosts on each side. No ratio where the coordinator would refuse one: another kernel, KPTI state or executor than a’s, or hosts of several microcodes or settings. No verdict: the ratio’s link asks the coordinator for one.`,
            unit: units.ns,
            noValue: none,
          },
          sql('generations-against-a', {
            cell,
            selectorCell: cellOf('segment.executor'),
            selector: selectorOf,
          }),
          {
            hosts: units.count,
            'noisy hosts': units.count,
            runs: units.count,
            cycles: units.cycles,
            'to a': units.ratio,
            'interval from': units.ratio,
            'interval to': units.ratio,
          },
        )
          .overrideByName('generation', [...width(280), ...inItsColour, ...linked(toSideB(), toTrends())])
          .overrideByName('cycles', [...width(95), ...unitOverride(units.cycles), ...whenEmpty('clocks differ')])
          .overrideByName('nanoseconds', [...width(105), ...whenEmpty('clock not known')])
          .overrideByName('lowest host', whenEmpty('clock not known'))
          .overrideByName('highest host', whenEmpty('clock not known'))
          .overrideByName('to a', [
            ...decimals(3),
            ...whenEmpty('–'),
            ...linked(judgedAgainst('selector of a', 'selector')),
          ])
          .overrideByName('interval from', [...decimals(3), ...whenEmpty('–')])
          .overrideByName('interval to', [...decimals(3), ...whenEmpty('–')])
          .overrideByName('why no interval', [...width(175), ...wrapped, ...whenEmpty('–')])
          .overrideByName('slowest host', [...width(110), ...wrapped, ...linked(toHost())])
          .overrideByName('selector', hiddenColumn)
          .overrideByName('selector of a', hiddenColumn),
      },
    ],
  };
}

export function matched(sql: Sql): Section {
  return {
    title: `Matched cells · ${what}`,
    height: 11,
    panels: [
      {
        width: 24,
        panel: table(
          {
            title: `Matched cells · ${what}`,
            description: `A row for each generation, executor, kernel and set of mitigations (Meltdown’s is KPTI), a column for each of bare metal and VM with KPTI off and on. ${levels} Beside each other they are no ratio: Mitigations and kernels has those of the same hosts under both.`,
            unit: units.ns,
            noValue: none,
          },
          sql('matched-cells', { cell }),
          { year: 'none', hosts: units.count, runs: units.count },
        )
          .overrideByName('year', [...width(60), ...whenEmpty('?')])
          .overrideByName('generation', [
            ...width(150),
            ...inItsColour,
            ...linked(toTrends('a cell'), toSideB('a cell')),
          ])
          .overrideByName('executor', width(100))
          .overrideByName('kernel', width(140))
          .overrideByName('mitigations but KPTI', [...width(420), ...wrapped])
          .overrideByRegexp('/^(bare|VM), KPTI (on|off)$|^elsewhere$/', whenEmpty('–'))
          .overrideByName('a cell', hiddenColumn),
      },
    ],
  };
}

import { BigValueGraphMode, ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as HistogramPanelBuilder } from '@grafana/grafana-foundation-sdk/histogram';
import { PanelBuilder as StatPanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { Section } from './board.js';
import { cellOf, selectorOf } from './cell.js';
import { byRange, inEachUnit, ofDays, ofRuns } from './in-each-unit.js';
import { judgedAgainst, linked, pointToConsoleRun, pointToRun, sidesOverTime, toTrends } from './links.js';
import { chosenUnits, fixedColour, neutral, unitOverride, units, whenEmpty } from './fields.js';
import { legend, percentileBand, runPoints } from './over-time.js';
import { inItsColour, table, width, wrapped } from './table.js';
import { dataSource, postgresQuery } from './postgres-query.js';
import type { Sql } from './variables.js';

/** Runs that each side needs before a ratio is shown: of fewer, one slow run is most of it. */
const minRunsPerSide = 5;

const what = '$probe $metric · $provenance';
const none = 'no such results in this time';
/** More points than a panel has pixels only make it slow. */
const mostPoints = 5000;
/** Every run is one row of the distribution. */
const mostRuns = 10_000;
const cell = cellOf('segment.executor');
/** Sides have colours of their own, because both may be of one generation. */
const sideColours = { a: 'blue', b: 'orange' } as const;

export function sideBySide(sql: Sql): Section {
  return {
    title: `b against a · ${what}`,
    height: 7,
    panels: [
      {
        width: 6,
        panel: ratio(sql('compare-ratio', { minRuns: String(minRunsPerSide), cell })),
      },
      {
        width: 18,
        panel: table(
          {
            title: `Sides · ${what}`,
            description:
              'Runs are the replicates, and hosts weigh the same: the lowest and highest median of a run, and the median over the hosts of each host’s median over its runs. Copies of a simulated run count once.',
            unit: units.cycles,
            noValue: none,
          },
          sql('compare-sides', { cell }),
          {
            hosts: units.count,
            'noisy hosts': units.count,
            runs: units.count,
            samples: units.count,
            nanoseconds: 'ns',
          },
        )
          .overrideByName('side', width(50))
          .overrideByName('generation', [...width(300), ...inItsColour, ...linked(toTrends())])
          .overrideByName('nanoseconds', [...width(105), ...whenEmpty('clock not known')]),
      },
    ],
  };
}

function ratio(rawSql: string): StatPanelBuilder {
  return new StatPanelBuilder()
    .title(`b / a · ${what}`)
    .description(
      `Median over b's hosts of each host's run medians by that of a's, in nanoseconds (in TSC cycles only between runs of one host whose TSC rate is not known); above 1, b is slower. Copies of a simulated run count once. Without an interval it is no verdict: the coordinator's GET /v1/compare gives one. Needs ${minRunsPerSide} runs a side, all of one microcode a CPU model and of the same settings.`,
    )
    .unit(units.ratio)
    .decimals(3)
    .noValue(`fewer than ${minRunsPerSide} runs on a side, unknown clocks, or several microcodes or settings`)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
    .graphMode(BigValueGraphMode.None)
    .colorScheme(neutral)
    .overrideByName('b / a', linked(sidesOverTime))
    .datasource(dataSource)
    .withTarget(postgresQuery('A', 'table', rawSql));
}

export function judged(sql: Sql): Section {
  return {
    title: `Judged · ${what}`,
    height: 5,
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
          .overrideByName('b', [...wrapped, ...linked(judgedAgainst('a', 'b'))])
          .overrideByName('a', [...wrapped, ...linked(judgedAgainst('a', 'b'))]),
      },
    ],
  };
}

/** So many runs of each host and boot state that all together are the limit: the newest of them, without reading every run there is. */
const shared = (limit: number, where = ''): string =>
  `(SELECT ceil(${limit}.0 / count(*))::integer FROM states ${where})`;

export function runs(sql: Sql): Section {
  const ofSide = (side: 'a' | 'b') =>
    inEachUnit(ofRuns, (scale) =>
      sql('run-medians', {
        ...scale,
        side,
        limit: String(mostRuns),
        perHost: shared(mostRuns, `WHERE name = '${side}'`),
        cell,
      }),
    );
  const distribution = new HistogramPanelBuilder()
    .title(`Distribution of run medians · ${what}`)
    .description(
      `How many runs have a median in each range; the latest ${mostRuns} of each side, of its hosts equally many at most. Every run counts once; a blue, b orange.`,
    )
    .unit(units.ns)
    .noValue(none)
    .datasource(dataSource)
    .combine(false)
    .overrideByName('a', [...fixedColour(sideColours.a), ...linked(sidesOverTime)])
    .overrideByName('b', [...fixedColour(sideColours.b), ...linked(sidesOverTime)])
    .legend(legend());
  for (const side of ['a', 'b'] as const)
    for (const unit of chosenUnits) {
      distribution.withTarget(postgresQuery(`${side} ${unit}`, 'table', ofSide(side)[unit]));
      distribution.overrideByQuery(`${side} ${unit}`, unitOverride(units[unit]));
    }
  const medians = runPoints(
    {
      title: `Run medians over time · ${what}`,
      description: `A point for the median of each completed run; the latest ${mostPoints} runs, of hosts equally many at most. A point opens its run; a blue, b orange.`,
      unit: units.ns,
      noValue: none,
    },
    inEachUnit(ofRuns, (scale) =>
      sql('run-medians-over-time', { ...scale, limit: String(mostPoints), perHost: shared(mostPoints), cell }),
    ),
    [pointToRun, pointToConsoleRun],
  );
  for (const side of ['a', 'b'] as const)
    medians.overrideByName(side, [
      { id: 'displayName', value: `${side}: \${${side}}` },
      ...fixedColour(sideColours[side]),
    ]);
  return {
    title: `Runs · ${what}`,
    height: 11,
    panels: [
      { width: 14, panel: medians },
      { width: 10, panel: distribution },
    ],
  };
}

export function bands(sql: Sql): Section {
  return {
    title: `Bands · ${what}`,
    height: 11,
    panels: [
      {
        width: 24,
        panel: percentileBand(
          {
            title: `Both bands on one axis · ${what}`,
            description: `p5 to p95 of a run as a band around p50, p99 dashed; a blue, b orange. ${byRange}: the median over the hosts of each host’s median over its runs.`,
            unit: units.ns,
            noValue: none,
          },
          inEachUnit(ofDays, (scale) => sql('compare-bands', { ...scale, cell: cellOf('series.executor') })),
          sideColours,
        ).overrideByFieldType('number', linked(sidesOverTime)),
      },
    ],
  };
}

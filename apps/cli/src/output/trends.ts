import {
  bootChangeText,
  change,
  count,
  counted,
  cycles,
  nanoseconds,
  none,
  noisyHostsNote,
  ratio,
  unitName,
} from '#wording';
import { measureName, type TrendPoint, type Trends, type TrendSeries } from '#contracts';
import { numbers } from './columns.js';
import { time, wrapped } from './format.js';
import { type Listing, rowsOfATerminal, selectorOf } from './listing.js';

export type TrendUnit = 'ns' | 'cycles';

/** Columns of a chart: two stand before it in a terminal of 80. */
const width = 76;
const bars = '▁▂▃▄▅▆▇█';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

type Span = Pick<Trends, 'since' | 'until'>;

/** The column of a moment on the time line that all charts of a reply share. */
function columnOf(at: string, { since, until }: Span): number {
  const [from, to] = [Date.parse(since), Date.parse(until)];
  return Math.min(width - 1, Math.max(0, Math.floor(((Date.parse(at) - from) * width) / (to - from))));
}

const middle = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 2;
};

/** One character a column: the median of its points between the lowest and the highest one of the chart; blank where there is none. */
export function sparkline(points: readonly { at: string; value: number }[], span: Span): string {
  const columns = Array.from({ length: width }, (): number[] => []);
  for (const { at, value } of points) columns[columnOf(at, span)]?.push(value);
  const medians = columns.map((values) => (values.length === 0 ? null : middle(values)));
  const known = medians.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const bar = (value: number): string =>
    bars[high === low ? 3 : Math.min(bars.length - 1, Math.floor(((value - low) / (high - low)) * bars.length))] ?? '';
  return medians
    .map((value) => (value === null ? ' ' : bar(value)))
    .join('')
    .trimEnd();
}

function valuesOf(points: readonly TrendPoint[], unit: TrendUnit): { at: string; value: number }[] {
  return points.flatMap((point) => {
    const value = point[unit]?.p50;
    return value === undefined ? [] : [{ at: point.at, value }];
  });
}

/** What the first and the last tenth of the points say, at least one point each. */
function ends(values: readonly number[]): { first: number; last: number } {
  const some = Math.max(1, Math.floor(values.length / 10));
  return { first: middle(values.slice(0, some)), last: middle(values.slice(-some)) };
}

function seriesText(
  { values, executor, provenance, hosts, noisyHosts, points }: TrendSeries,
  trends: Trends,
  unit: TrendUnit,
): string {
  const name = Object.entries(values)
    .map(([field, value]) => `${field}=${value ?? none}`)
    .join(', ');
  const shown = valuesOf(points, unit);
  const head = `${name} (${executor}, ${provenance}): ${counted(hosts, 'host')}${noisyHosts > 0 ? ` (${noisyHosts} noisy)` : ''}, ${counted(points.length, 'point')}`;
  if (shown.length === 0) {
    const why = unit === 'ns' ? 'the TSC rate is not known' : 'its clocks tick at different rates; ask for --unit ns';
    return `${wrapped(head)}\n  no ${unitName[unit]}: ${why}`;
  }
  const figures = shown.map(({ value }) => value);
  const written = unit === 'ns' ? nanoseconds : cycles;
  const { first, last } = ends(figures);
  const range = `${written(first)} → ${written(last)} ${unitName[unit]} (${change(last / first)}), from ${written(Math.min(...figures))} to ${written(Math.max(...figures))}`;
  return [wrapped(head), wrapped(range, '  '), `  ${sparkline(shown, trends)}`].join('\n');
}

function marksLine(trends: Trends): string {
  const marks = Array.from({ length: width }, () => ' ');
  trends.changes.forEach(({ from }, i) => {
    const column = columnOf(from, trends);
    marks[column] = marks[column] === ' ' ? (letters[i] ?? '*') : '*';
  });
  return `  ${marks.join('').trimEnd()}`;
}

/** Under their charts: each takes a line or two. */
const changesOfATerminal = rowsOfATerminal / 3;

/** Of many changes those of the most hosts, under the letters that all of them have. */
function changeLines({ changes }: Trends, all: boolean): string[] {
  const most = [...changes]
    .sort((x, y) => y.hostCount - x.hostCount)
    .slice(0, all ? changes.length : changesOfATerminal);
  const lines = changes.flatMap((one, i) => {
    if (!most.includes(one)) return [];
    const [from, to] = [time(one.from).slice(0, 10), time(one.to).slice(0, 10)];
    const days = from === to ? from : `${from} to ${to}`;
    return [wrapped(`${letters[i] ?? '*'}  ${days}: ${bootChangeText(one)}`, '  ')];
  });
  const left = changes.length - most.length;
  return left > 0 ? [...lines, `… ${left} more, of fewer hosts: --all`] : lines;
}

/** A row a series: where it began and where it is. `-o name` is a selector of its runs. */
export function trendsListing({ by, series }: Trends, unit: TrendUnit): Listing<TrendSeries> {
  const figures = new Map(series.map((one) => [one, valuesOf(one.points, unit).map(({ value }) => value)]));
  const of = (one: TrendSeries, figure: (values: readonly number[]) => number): number | null => {
    const values = figures.get(one) ?? [];
    return values.length === 0 ? null : figure(values);
  };
  const written = unit === 'ns' ? nanoseconds : cycles;
  return {
    columns: [
      ...by.map((name) => ({ head: name, of: ({ values }: TrendSeries) => values[name] ?? none })),
      { head: 'executor', of: ({ executor }) => executor },
      { head: 'provenance', of: ({ provenance }) => provenance },
      numbers('hosts', ({ hosts }) => hosts, count),
      numbers('points', ({ points }) => points.length, count),
      numbers(`first ${unit}`, (one) => of(one, (values) => ends(values).first), written),
      numbers(`last ${unit}`, (one) => of(one, (values) => ends(values).last), written),
      numbers('ratio', (one) => of(one, (values) => ends(values).last / ends(values).first), ratio),
      numbers(`lowest ${unit}`, (one) => of(one, (values) => Math.min(...values)), written),
      numbers(`highest ${unit}`, (one) => of(one, (values) => Math.max(...values)), written),
    ],
    rows: series,
    name: ({ values }) => selectorOf(by, values),
  };
}

/** A chart takes three lines. */
const chartsOfATerminal = rowsOfATerminal / 3;

/** Of many series those that a person looks for: whose level moved most. */
function mostMoved(series: readonly TrendSeries[], unit: TrendUnit): readonly TrendSeries[] {
  if (series.length <= chartsOfATerminal) return series;
  const moved = ({ points }: TrendSeries): number => {
    const values = valuesOf(points, unit).map(({ value }) => value);
    return values.length === 0 ? -1 : Math.abs(Math.log(ends(values).last / ends(values).first));
  };
  const ranked = series.map((one) => ({ one, by: moved(one) })).sort((x, y) => y.by - x.by);
  return ranked.slice(0, chartsOfATerminal).map(({ one }) => one);
}

/**
 * A small chart for each series on one time line, with the changes of boot states marked below.
 *
 * @param all however many series there are
 */
export function trendsText(trends: Trends, unit: TrendUnit, all = false): string {
  const { probe, metric, resolution, since, until, series, changes, cut, nextCursor } = trends;
  const span = `${time(since).slice(0, 10)} to ${time(until).slice(0, 10)}`;
  if (series.length === 0) return `no run of ${measureName(probe, metric)} matches from ${span}`;
  const shown = all ? series : mostMoved(series, unit);
  const what = resolution === 'day' ? 'a point a day, all hosts have the same weight' : 'a point a run';
  return [
    wrapped(`${measureName(probe, metric)} from ${span}: ${what}`),
    ...shown.map((one) => seriesText(one, trends, unit)),
    ...(shown.length < series.length
      ? [`… ${series.length - shown.length} more series of this page, which moved less: --all`]
      : []),
    ...(changes.length === 0
      ? ['no boot state changed']
      : [marksLine(trends), 'boot states that changed', ...changeLines(trends, all)]),
    ...(series.some(({ noisyHosts }) => noisyHosts > 0) ? [wrapped(noisyHostsNote)] : []),
    ...(cut
      ? [wrapped('one reply can’t hold them all, so only the newest are shown: choose fewer runs or a later --since')]
      : []),
    ...(nextCursor === null ? [] : [`more series: --cursor ${nextCursor}`]),
  ].join('\n');
}

import { type JobComparisons, measureName } from '#contracts';
import { counted, guestText, intervalText, ratio as ratioFigure, wholePercent } from '#wording';
import { type Column, type Look, numbers, plainLook } from './columns.js';
import { wrapped } from './format.js';
import { tableText } from './listing.js';
import { verdictPainted } from './verdict-colour.js';

type Pair = JobComparisons['comparisons'][number];

/** Pairs that are listed unless all are asked for: with the job and its results they fit on two pages of a terminal. */
const listed = 24;

function columnsOf(pairs: readonly Pair[]): Column<Pair>[] {
  const { confidence } = pairs.map(({ comparison }) => comparison.interval).find((one) => one !== null) ?? {};
  const interval = confidence === undefined ? 'interval' : `${wholePercent(confidence)} interval`;
  return [
    { head: 'cells', of: ({ comparison }) => measureName(comparison.probe, comparison.metric) },
    { head: 'a', of: ({ a }) => guestText(a), cut: true },
    { head: 'b', of: ({ b }) => guestText(b), cut: true },
    numbers('b/a', ({ comparison }) => comparison.ratio, ratioFigure),
    // In nanoseconds where the cells' clocks differ.
    {
      ...{ head: 'in', of: ({ comparison }: Pair) => comparison.unit ?? '' },
      onlyWhereSome: ({ comparison }) => comparison.unit === 'ns',
    },
    { head: interval, of: ({ comparison }) => intervalText(comparison.interval), spare: true },
    {
      ...{ head: 'b is', of: ({ comparison }: Pair) => comparison.verdict },
      paint: (text, { comparison }, paint) => verdictPainted(text, comparison.verdict, paint),
    },
  ];
}

/** The cells of a matrix compared, a line each, why some can't be, and how to look closer. Empty without a matrix. */
export function matrixText({ comparisons }: JobComparisons, look: Look = plainLook, all?: string): string {
  const [first] = comparisons;
  if (first === undefined) return '';
  const rows = all === undefined ? comparisons : comparisons.slice(0, listed);
  const left = comparisons.length - rows.length;
  const without = comparisons.filter(({ comparison }) => comparison.interval === null);
  const notes = [
    ...new Set([
      ...without.map(({ comparison }) => comparison.reason),
      ...comparisons.flatMap(({ comparison }) => comparison.warnings),
    ]),
  ];
  return [
    '',
    tableText({ columns: columnsOf(comparisons), rows }, look),
    ...(left > 0 ? [wrapped(`… ${counted(left, 'pair')} more: ${all}`, '', look)] : []),
    ...notes.map((note) => wrapped(`! ${note}`, '', look, '  ')),
    // Not wrapped: it is to be copied.
    `one of them in full: ${first.comparison.repeat.command}`,
  ].join('\n');
}

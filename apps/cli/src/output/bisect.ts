import { change, counted, intervalText, none } from '#wording';
import type { Bisected } from '../bisect/run-bisect.js';
import { type Column, type Look, plainLook } from './columns.js';
import { shortId, wrapped } from './format.js';
import { tableText } from './listing.js';

/** What a search found, with the figures of each step against the first place. */
export function bisectedText({ places, ends, steps, firstBad, key }: Bisected, look: Look = plainLook): string {
  const name = (place: number): string => places[place] ?? '';
  const rows = [{ name: name(places.length - 1), answer: 'bad', ...ends }, ...steps];
  const columns: Column<(typeof rows)[number]>[] = [
    { head: 'place', of: (one) => one.name, cut: true },
    { head: 'is', of: ({ answer }) => answer.replace('cannot-tell', 'can’t tell') },
    { head: `against ${name(0)}`, of: ({ ratio }) => (ratio === null ? none : change(ratio)), cut: true },
    { head: 'ratio', of: ({ interval }) => intervalText(interval), spare: true },
    { head: 'runs', of: ({ runs }) => String(runs) },
    { head: 'job', of: ({ jobId }) => shortId(jobId) },
  ];
  const [first = 0, ...others] = firstBad;
  const found =
    others.length === 0
      ? `the first bad one is ${name(first)}; ${name(first - 1)} is good still`
      : `can’t tell which of ${firstBad.map(name).join(', ')} is the first bad one; ${name(first - 1)} is good still`;
  const more = others.length === 0 ? [] : [wrapped('give more runs: --runs, or --tries')];
  return [
    wrapped(found),
    tableText({ columns, rows }, look),
    ...more,
    `${counted(steps.length + 1, 'comparison')}; --resume ${key} takes it up again`,
  ].join('\n');
}

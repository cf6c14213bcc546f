import { change, counted, intervalText } from '#wording';
import type { Bisected } from '../bisect/run-bisect.js';
import { shortId, table, wrapped } from './format.js';

/** What a search found, with the figures of each step against the first place. */
export function bisectedText({ places, ends, steps, firstBad, key }: Bisected): string {
  const name = (place: number): string => places[place] ?? '';
  const rows = [{ name: name(places.length - 1), answer: 'bad', ...ends }, ...steps].map((one) => [
    one.name,
    one.answer.replace('cannot-tell', 'can’t tell'),
    one.ratio === null ? '–' : change(one.ratio),
    intervalText(one.interval),
    String(one.runs),
    shortId(one.jobId),
  ]);
  const [first = 0, ...others] = firstBad;
  const found =
    others.length === 0
      ? `the first bad one is ${name(first)}; ${name(first - 1)} is good still`
      : `can’t tell which of ${firstBad.map(name).join(', ')} is the first bad one; ${name(first - 1)} is good still`;
  const more = others.length === 0 ? [] : [wrapped('give more runs: --runs, or --tries')];
  const columns = ['place', 'is', `against ${name(0)}`, 'ratio', 'runs', 'job'];
  return [
    wrapped(found),
    table(columns, rows),
    ...more,
    `${counted(steps.length + 1, 'comparison')}; --resume ${key} takes it up again`,
  ].join('\n');
}

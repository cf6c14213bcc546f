import { distance } from 'fastest-levenshtein';

/** Names that are suggested at most. */
const most = 3;

/**
 * The names that were perhaps meant: those a few edits away (a third of the length, at least two), or that begin or are begun with
 * what was written; case does not count. Nearest first.
 */
export function nearest(written: string, names: readonly string[]): string[] {
  const wanted = written.toLowerCase();
  const within = Math.max(2, Math.floor(wanted.length / 3));
  return names
    .map((name) => {
      const known = name.toLowerCase();
      const starts = known.startsWith(wanted) || wanted.startsWith(known);
      return { name, edits: distance(wanted, known), starts };
    })
    .filter(({ edits, starts }) => edits <= within || starts)
    .sort((x, y) => x.edits - y.edits || (x.name < y.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

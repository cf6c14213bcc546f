import Table from 'cli-table3';
import { none } from '#wording';
import { type Look, plainLook } from './columns.js';

export const time = (iso: string | null): string =>
  iso === null ? none : iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z');

/** The last group of an id, which every command takes for it: with 12 hex digits, two of a million are hardly ever alike. */
export const shortId = (id: string): string => id.slice(-12);

/** What fits into a terminal that nobody has widened. */
const terminalColumns = 80;

/**
 * A text in lines of at most 80 characters, fewer where the terminal is narrower, each after `indent`; a word that is longer keeps its own
 * line. `rest`: what the lines after the first are indented by, where that is more.
 */
export function wrapped(text: string, indent = '', { width }: Pick<Look, 'width'> = plainLook, rest = indent): string {
  const columns = Math.min(width ?? terminalColumns, terminalColumns);
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push((last === undefined ? indent : rest) + word);
  }
  return lines.join('\n');
}

/** A line of facts below a heading: two blanks before it, four before what of it goes on in the next line. */
export const factLine = (text: string, look: Pick<Look, 'width'>): string => wrapped(text, '  ', look, '    ');

const corners = ['top', 'bottom', 'left', 'right', 'mid'].flatMap((place) => [
  place,
  ...['mid', 'left', 'right'].map((end) => `${place}-${end}`),
]);
const noFrame: Record<string, string> = Object.fromEntries(corners.map((name): [string, string] => [name, '']));

/** Columns whose heading ends in a blank are numbers and stand to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const drawn = new Table({
    head: head.map((name) => name.trim()),
    colAligns: head.map((name) => (name.endsWith(' ') ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    // No frame: a result must fit into a narrow terminal, and columns are told apart by two blanks.
    chars: { ...noFrame, middle: '  ' },
  });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString();
}

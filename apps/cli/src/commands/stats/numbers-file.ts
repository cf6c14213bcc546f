import { createReadStream } from 'node:fs';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';

/** More than this is no list of runs; a million numbers of 17 digits fit. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Reads the numbers of a file: separated by blanks, commas, semicolons or line breaks, or a JSON array; `#` begins a comment. `-` is
 * standard input. Outside a JSON array a comma within a word that may be part of one number (`1,000`, `3,14`) is refused, as
 * either reading may be wrong.
 *
 * @throws CliError naming file, line and what stands there
 */
export async function readNumbers(file: string): Promise<number[]> {
  const content = (await contentOf(file)).replace(/^\uFEFF/, '');
  const array = /^\s*\[([^[\]]*)\]\s*$/.exec(content)?.[1];
  const read = array === undefined ? ambiguousCommasRefused : (line: string): string => line;
  const numbers = (array ?? content)
    .split('\n')
    .flatMap((line, index) => numbersOf(read(line.replace(/#.*/, ''), file, index + 1), file, index + 1));
  if (numbers.length === 0)
    throw refused(file, 'has no numbers', 'one number a line, or separated by blanks or commas');
  return numbers;
}

/** @throws CliError where there is more than a list of runs has, however long it goes on */
async function contentOf(file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of file === '-' ? process.stdin : createReadStream(file)) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > mostBytes) break;
    }
  } catch (error) {
    return unreadable(file, error);
  }
  if (bytes > mostBytes) throw refused(file, 'is larger than 64 MB', 'give the medians of runs, not their samples');
  return Buffer.concat(chunks).toString('utf8');
}

/** `1,000`, `-1,234,567.8`: groups of three; `3,14`, `1.234,5`: one comma alone. `416,418,420.5` and `1000,1001,1002` are lists. */
const oneNumberWithCommas = /^[-+]?(\d{1,3}(,\d{3})+(\.\d*)?|[\d.]*,\d+(e[-+]?\d+)?)$/i;

/** @throws CliError where a word may be one number with commas or several numbers */
function ambiguousCommasRefused(line: string, file: string, lineNumber: number): string {
  const ambiguous = line.split(/[\s;]+/).find((word) => oneNumberWithCommas.test(word));
  if (ambiguous === undefined) return line;
  throw refused(
    file,
    `line ${lineNumber}: "${ambiguous.slice(0, 40)}" may be one number or several`,
    'write numbers without a thousands separator and with a decimal point (1000, 3.14), and a blank after a comma between two',
  );
}

/** Blanks as typed; not those that group digits (U+00A0, U+202F). */
const separators = /[ \t\r\v\f,;]+/;

/** A group of digits that can't stand alone: what `1 000` leaves behind its blank. */
const restOfThousands = /^0\d\d$/;

const unitOnly = /^(?!nan$|inf)[a-zµμ%]+$/i;

function numbersOf(line: string, file: string, lineNumber: number): number[] {
  return line
    .split(separators)
    .filter((word) => word !== '')
    .map((word) => {
      const value = Number(word);
      const what = `line ${lineNumber}: "${word.slice(0, 40)}" is`;
      if (restOfThousands.test(word))
        throw refused(file, `${what} no number by itself`, 'write 1000, without a thousands separator');
      if (Number.isFinite(value)) return value;
      if (/^[-+]?(\d|\.\d)[\d.]*(e[-+]?\d+)?$/i.test(word) && Math.abs(value) === Infinity)
        throw refused(file, `${what} too large`, 'numbers up to 1.7e308; use a larger unit');
      throw refused(file, `${what} not a number`, remedyFor(word));
    });
}

function remedyFor(word: string): string {
  if (/^[-+]?\d{1,3}([\u00A0\u202F'’_.]\d{3})+$/.test(word)) return 'write 1000, without a thousands separator';
  if (/^[-+.\d]/.test(word) || unitOnly.test(word)) return 'leave the units out; all numbers of both files in one unit';
  return 'only finite numbers, separated by blanks or line breaks, or a JSON array of numbers';
}

function unreadable(file: string, error: unknown): never {
  throw refused(file, `can't be read: ${error instanceof Error ? error.message : String(error)}`, 'check the path');
}

function refused(file: string, problem: string, remedy: string): CliError {
  return new CliError(`${file} ${problem}`, remedy, exitCodes.usage);
}

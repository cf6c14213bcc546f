import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';

/** More than this is no list of runs; a million numbers of 17 digits fit. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Reads the numbers of a file: separated by blanks, commas or line breaks, or a JSON array; `#` begins a comment. `-` is
 * standard input.
 *
 * @throws CliError naming file, line and what stands there
 */
export async function readNumbers(file: string): Promise<number[]> {
  const content =
    file === '-'
      ? await text(process.stdin)
      : await readFile(file, 'utf8').catch((error: unknown) => unreadable(file, error));
  if (content.length > mostBytes)
    throw refused(file, 'is larger than 64 MB', 'give the medians of runs, not their samples');
  const numbers = content
    .replace(/^\s*\[|\]\s*$/g, '')
    .split('\n')
    .flatMap((line, index) => numbersOf(line, file, index + 1));
  if (numbers.length === 0)
    throw refused(file, 'has no numbers', 'one number a line, or separated by blanks or commas');
  return numbers;
}

function numbersOf(line: string, file: string, lineNumber: number): number[] {
  return line
    .replace(/#.*/, '')
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
    .map((word) => {
      const value = Number(word);
      if (Number.isFinite(value)) return value;
      const remedy = /^[-+.\d]/.test(word)
        ? 'leave the units out; all numbers of both files in one unit'
        : 'only finite numbers';
      throw refused(file, `line ${lineNumber}: "${word.slice(0, 40)}" is not a number`, remedy);
    });
}

function unreadable(file: string, error: unknown): never {
  throw refused(file, `can't be read: ${error instanceof Error ? error.message : String(error)}`, 'check the path');
}

function refused(file: string, problem: string, remedy: string): CliError {
  return new CliError(`${file} ${problem}`, remedy, exitCodes.usage);
}

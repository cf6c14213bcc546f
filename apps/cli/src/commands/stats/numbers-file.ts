import { createReadStream } from 'node:fs';
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
  const content = await contentOf(file);
  const numbers = content
    .replace(/^\s*\[|\]\s*$/g, '')
    .split('\n')
    .flatMap((line, index) => numbersOf(line, file, index + 1));
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

function numbersOf(line: string, file: string, lineNumber: number): number[] {
  return line
    .replace(/#.*/, '')
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
    .map((word) => {
      const value = Number(word);
      if (Number.isFinite(value)) return value;
      const what = `line ${lineNumber}: "${word.slice(0, 40)}" is`;
      if (/^[-+]?(\d|\.\d)[\d.]*(e[-+]?\d+)?$/i.test(word) && Math.abs(value) === Infinity)
        throw refused(file, `${what} too large`, 'numbers up to 1.7e308; use a larger unit');
      const remedy = /^[-+.\d]/.test(word)
        ? 'leave the units out; all numbers of both files in one unit'
        : 'only finite numbers';
      throw refused(file, `${what} not a number`, remedy);
    });
}

function unreadable(file: string, error: unknown): never {
  throw refused(file, `can't be read: ${error instanceof Error ? error.message : String(error)}`, 'check the path');
}

function refused(file: string, problem: string, remedy: string): CliError {
  return new CliError(`${file} ${problem}`, remedy, exitCodes.usage);
}

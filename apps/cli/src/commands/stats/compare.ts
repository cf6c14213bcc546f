import type { Command } from 'commander';
import { compareNumbers } from '#stats';
import { CliError } from '../../cli-error.js';
import { type Context, show } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { numbersComparedText } from '../../output/stats.js';
import { readNumbers } from './numbers-file.js';
import { confidenceOption, marginOption, notNegative } from './options.js';

interface CompareOptions {
  margin: number;
  confidence: number;
  step?: number;
}

export function registerStatsCompare(stats: Command, context: Context): void {
  stats
    .command('compare <a> <b>')
    .description('is b slower than a? Each number is an independent repetition, such as the median of a run')
    .addOption(marginOption())
    .addOption(confidenceOption())
    .option('--step <size>', 'smallest step of the clock, in the unit of the numbers', notNegative)
    .action(async (fileA: string, fileB: string, options: CompareOptions, command: Command) => {
      if (fileA === '-' && fileB === '-')
        throw new CliError('standard input can be one side only', 'give a file for the other', exitCodes.usage);
      const a = await readNumbers(fileA);
      const b = await readNumbers(fileB);
      const { mannWhitney, ...compared } = compareNumbers(a, b, options);
      const { u, p, method, permutations } = mannWhitney;
      const answer = {
        ...compared,
        countA: a.length,
        countB: b.length,
        u,
        pExact: method === 'exact' ? p : null,
        p,
        pMethod: method,
        ...(permutations !== undefined && { permutations }),
        margin: options.margin,
      };
      show(context, command, answer, numbersComparedText);
    });
}

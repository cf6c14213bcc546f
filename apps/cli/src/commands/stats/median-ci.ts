import type { Command } from 'commander';
import { medianInterval } from '#stats';
import { type Context, show } from '../../context.js';
import { medianIntervalText } from '../../output/stats.js';
import { readNumbers } from './numbers-file.js';
import { confidenceOption } from './options.js';

export function registerMedianInterval(stats: Command, context: Context): void {
  stats
    .command('median-ci <file>')
    .description('the median of a file of numbers, and its interval between two of them')
    .addOption(confidenceOption())
    .action(async (file: string, { confidence }: { confidence: number }, command: Command) => {
      const numbers = await readNumbers(file);
      const answer = { ...medianInterval(numbers, confidence), count: numbers.length, confidence };
      show(context, command, answer, medianIntervalText);
    });
}

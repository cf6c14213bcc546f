import { type Command, Option } from 'commander';
import { type ChangePointOptions, changePoints, detectors } from '#stats';
import { type Context, show } from '../../context.js';
import { changePointsText } from '../../output/stats.js';
import { readNumbers } from './numbers-file.js';
import { notNegative, share, wholeWithin } from './options.js';

/** 100,000 points in one window take 1.3 s (bench/results/change-points.json). */
const largestWindow = 100_000;

export function registerChangePoints(stats: Command, context: Context): void {
  stats
    .command('change-points <file>')
    .description(
      'where does the level of a series change? Each number is a point in order of time, such as the median of a night',
    )
    .option('--window <points>', 'points in a window; windows overlap by half', wholeWithin(6, largestWindow), 100)
    .option('--p <share>', 'the largest p of a change; 0.03 flags 1.5 % of series without one', share, 0.03)
    .option('--magnitude <share>', 'leave out smaller changes of the median: 0.01 is 1 %', notNegative, 0)
    .addOption(
      new Option('--detector <name>', 'one, or both to agree')
        .choices(['both', ...Object.keys(detectors)])
        .default('both'),
    )
    .action(async (file: string, options: ChangePointOptions, command: Command) => {
      const numbers = await readNumbers(file);
      show(context, command, changePoints(numbers, options), (found) => changePointsText(numbers, found));
    });
}

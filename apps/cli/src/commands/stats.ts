import type { Command } from 'commander';
import type { Context } from '../context.js';
import { registerChangePoints } from './stats/change-points.js';
import { registerStatsCompare } from './stats/compare.js';
import { registerMedianInterval } from './stats/median-ci.js';
import { registerPlan } from './stats/plan.js';

/** `xf stats …`: the statistics by themselves, for files of numbers and for planning. No coordinator is needed. */
export function registerStats(program: Command, context: Context): void {
  const stats = program
    .command('stats')
    .description(
      'statistics of files of numbers: compare two, interval of a median, changes of level, plan an experiment',
    );
  for (const register of [registerStatsCompare, registerMedianInterval, registerPlan, registerChangePoints])
    register(stats, context);
}

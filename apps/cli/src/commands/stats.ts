import type { Command } from 'commander';
import type { Context } from '../context.js';
import { registerChangePoints } from './stats/change-points.js';
import { registerStatsCompare } from './stats/compare.js';
import { registerMedianInterval } from './stats/median-ci.js';
import { registerPlan } from './stats/plan.js';

/** `xf stats …`: the statistics by themselves, for files of numbers and for planning. No coordinator is needed. */
export function registerStats(verb: Command, context: Context): void {
  for (const register of [registerStatsCompare, registerMedianInterval, registerPlan, registerChangePoints])
    register(verb, context);
}

import type { Command } from 'commander';
import { predict } from '#entry-sim';
import { type Context, show } from '../../context.js';
import { predictionText } from '../../output/sim-prediction.js';
import { type ConditionOptions, conditionOptions, conditionsOf, simulated } from './conditions.js';

export function registerPredict(sim: Command, context: Context): void {
  conditionOptions(sim.command('predict'))
    .description('what a crossing costs under these conditions, with its error band')
    .action((options: ConditionOptions, command: Command) => {
      const prediction = simulated(() => predict(conditionsOf(options)));
      show(context, command, { provenance: 'simulated', ...prediction }, predictionText);
    });
}

import type { Command } from 'commander';
import { explain } from '#entry-sim';
import { type Context, show } from '../../context.js';
import { explanationText } from '../../output/sim-explanation.js';
import { type ConditionOptions, conditionOptions, conditionsOf, simulated } from './conditions.js';

export function registerExplain(sim: Command, context: Context): void {
  conditionOptions(sim.command('explain'))
    .description('the crossing, instruction by instruction: state, stack, cycles and their source, running sum')
    .option('--full', 'also state and stack outside the windows')
    .action(({ full, ...options }: ConditionOptions & { full?: boolean }, command: Command) => {
      const explanation = simulated(() => explain(conditionsOf(options)));
      show(context, command, { provenance: 'simulated', ...explanation }, (one, { paint }) =>
        explanationText(one, { full: full === true, paint }),
      );
    });
}

import type { Command } from 'commander';
import { CliError } from './cli-error.js';
import { exitCodes } from './exit-codes.js';

/**
 * Before a command acts: commander lets the command above it take the options that both have, so that `xf hosts invitations --limit 5`
 * listed fifty. The command gets them back.
 *
 * @throws CliError (usage) naming an option that only the one above has, which would be lost
 */
export function takeOwnOptions(program: Command, action: Command): void {
  for (let above = action.parent; above !== null && above !== program; above = above.parent) {
    for (const option of above.options) {
      const name = option.attributeName();
      if (above.getOptionValueSource(name) !== 'cli') continue;
      if (action.options.every((own) => own.attributeName() !== name)) {
        const path = `xf ${above.name()} ${action.name()}`;
        throw new CliError(
          `${path} has no ${option.long ?? option.flags}, which xf ${above.name()} has`,
          `${path} --help lists its options`,
          exitCodes.usage,
        );
      }
      action.setOptionValueWithSource(name, above.getOptionValue(name), 'cli');
    }
  }
}

import type { Command } from 'commander';

/**
 * Refuses an option that takes one value and is given twice, in a command and all below it: commander takes the last and says nothing, so
 * that `--metric u2k --metric k2u` would answer half of the question. Options that collect have an array or an object of values; a switch
 * may be repeated, it says the same twice.
 */
export function refuseRepeats(command: Command): void {
  for (const option of command.options.filter(({ required, optional }) => required || optional)) {
    let times = 0;
    // After commander's own listener, which has put the value away.
    command.on(`option:${option.name()}`, () => {
      times += 1;
      const collects = typeof command.getOptionValue(option.attributeName()) === 'object';
      if (times > 1 && !collects) command.error(`error: option '${option.flags}' takes one value, but was given twice`);
    });
  }
  command.commands.forEach(refuseRepeats);
}

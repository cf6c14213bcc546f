import { Command } from 'commander';
import { commands } from './commands.js';
import type { Context } from './context.js';
import { completeOutputs } from './output-option.js';
import { refuseRepeats } from './refuse-repeats.js';

/** What follows the commands in `xf --help`, and in the man page. */
export const exitCodesText =
  'Exit codes: 0 done, 1 the job or run did not succeed, 2 usage, 3 no coordinator answers,\n' +
  '4 refused (key, validation, not found), 5 the coordinator failed, 130 interrupted.';

/**
 * The commands of `xf` with their options.
 *
 * @param args of the command line: only the modules of commands that are named there are read; null: all of them
 */
export async function programFor(args: readonly string[] | null, context: Context): Promise<Command> {
  const program = new Command('xf')
    .description('Measures how long CPUs take to cross from user space into the kernel and back, across a fleet.')
    .version(context.version, '--version', 'the release of this xf')
    .option('--url <url>', 'the coordinator (default: XF_URL, then the fleet on this machine)')
    .option('--key <key>', 'API key (default: XF_KEY, then the local fleet’s)')
    .option('--json', 'JSON on standard output: -o json')
    .addHelpText('after', `\n${exitCodesText}`)
    .configureOutput({
      writeOut: (text) => context.out.write(text),
      writeErr: (text) => context.err.write(text),
    })
    .exitOverride();
  for (const { name, summary, load } of commands) {
    const verb = program.command(name).description(summary);
    // A value may be a command's name too (`--key jobs`); then one module more is read, which does no harm.
    if (args === null || args.includes(name)) (await load())(verb, context);
  }
  completeOutputs(program);
  refuseRepeats(program);
  return program;
}

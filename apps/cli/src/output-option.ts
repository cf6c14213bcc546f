import { type Command, Option } from 'commander';
import { CliError } from './cli-error.js';
import type { GlobalOptions } from './context.js';
import { exitCodes } from './exit-codes.js';

const rowFormats = ['table', 'wide', 'name', 'json', 'csv', 'markdown'] as const;
const wordFormats = ['table', 'json'] as const;

function withOutput(command: Command, formats: readonly string[]): Command {
  return command.addOption(new Option('-o, --output <format>', 'how to print it (table)').choices(formats));
}

/** Gives a command that prints rows the formats of rows. */
export const printsRows = (command: Command): Command => withOutput(command, rowFormats);

const own = (command: Command): Option | undefined =>
  command.options.find((option) => option.attributeName() === 'output');

/**
 * Gives every other command `-o json` beside its words, so that one option is the same everywhere. One that only groups others has none:
 * it would take the option of the command below it, and refuse the formats of rows.
 */
export function completeOutputs(command: Command): void {
  command.commands.forEach(completeOutputs);
  if (command.commands.length === 0 && own(command) === undefined) withOutput(command, wordFormats);
}

/**
 * Before a command acts: its format is one that it has (one above it with more of them may have read it), and `-o json` is `--json`.
 *
 * @throws CliError (usage)
 */
export function settleOutput(program: Command, action: Command): void {
  const { output, json } = action.optsWithGlobals<GlobalOptions>();
  if (output === undefined) return;
  const formats: readonly string[] = own(action)?.argChoices ?? wordFormats;
  if (!formats.includes(output)) {
    throw new CliError(
      `-o ${output}: this command prints no rows`,
      `it takes -o ${formats.join(' or -o ')}`,
      exitCodes.usage,
    );
  }
  if (json === true && output !== 'json') {
    throw new CliError(`--json and -o ${output} contradict each other`, 'leave one of them out', exitCodes.usage);
  }
  if (output === 'json') program.setOptionValueWithSource('json', true, 'cli');
  // From here on it is an option of the program: what a command passes on to the coordinator must not have it.
  delete action.opts<GlobalOptions>().output;
  program.setOptionValueWithSource('output', output, 'cli');
}

import type { Argument, Command, Option } from 'commander';

/** A command as completion and man page know it, from commander's own definition. */
export interface CommandNode {
  /** From the program on: `xf regressions show`. */
  path: string;
  about: string;
  arguments: { name: string; about: string }[];
  options: OptionNode[];
  subcommands: { name: string; about: string }[];
}

export interface OptionNode {
  /** `-o`, `--output`. */
  flags: string[];
  /** As in the help: `-o, --output <format>`. */
  written: string;
  about: string;
  choices: readonly string[];
  takesValue: boolean;
}

/** As commander's own help says it. */
const defaultText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? ` (default: ${value})` : '';

const optionNode = (option: Option): OptionNode => ({
  flags: [option.short, option.long].filter((flag) => flag !== undefined && flag !== null),
  written: option.flags,
  about: `${option.description}${defaultText(option.defaultValue)}`,
  choices: option.argChoices ?? [],
  takesValue: option.required || option.optional,
});

function argumentName(argument: Argument): string {
  const text = `${argument.name()}${argument.variadic ? '…' : ''}`;
  return argument.required ? `<${text}>` : `[${text}]`;
}

/** A command and all below it. Options of the program hold for each of them. */
export function commandTree(command: Command, above: readonly string[] = []): CommandNode[] {
  const path = [...above, command.name()];
  const node: CommandNode = {
    path: path.join(' '),
    about: command.description(),
    arguments: command.registeredArguments.map((one) => ({ name: argumentName(one), about: one.description })),
    options: command.options.filter(({ hidden }) => !hidden).map(optionNode),
    subcommands: command.commands.map((one) => ({ name: one.name(), about: one.description() })),
  };
  return [node, ...command.commands.flatMap((one) => commandTree(one, path))];
}

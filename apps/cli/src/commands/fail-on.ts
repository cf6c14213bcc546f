import { type Verdict, verdictSchema } from '#contracts';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { list } from './arguments.js';

const verdicts = verdictSchema.options;

/** Reads the verdicts of `--fail-on`. @throws CliError (usage) naming those that there are */
export function failOn(text: string, before: Verdict[] = []): Verdict[] {
  const words = list(text);
  const unknown = words.find((word) => !verdicts.includes(word as Verdict));
  if (unknown !== undefined)
    throw new CliError(`--fail-on: "${unknown}" is not a verdict`, `there are ${verdicts.join(', ')}`, exitCodes.usage);
  return [...before, ...(words as Verdict[])];
}

import { PassThrough } from 'node:stream';
import type { Command, Option } from 'commander';
import { describe, expect, it } from '@jest/globals';
import { takeOwnOptions } from './own-options.js';
import { programFor } from './program.js';
import { xfAlone } from './testing/xf-alone.js';

const nowhere = new PassThrough();
const outside = { root: '/', dataDir: '/', environment: {}, version: '1.2.3', setupMs: {}, exitCode: 0 };
const freshProgram = (): Promise<Command> => programFor(null, { ...outside, out: nowhere, err: nowhere });

/** Words that give an option a value that it takes. */
function given({ long, required, argChoices }: Option): string[] {
  const flag = long ?? '';
  if (!required) return [flag];
  return [flag, flag === '--fail-on' ? 'open' : argChoices?.includes('json') ? 'json' : (argChoices?.[0] ?? '1')];
}

/** Commands below others, with the options that the one above has too. */
function shared(command: Command, above: readonly string[]): { path: string[]; long: string }[] {
  const path = [...above, command.name()];
  return command.commands.flatMap((below) => [
    ...below.options
      .filter(({ long }) => command.options.some((one) => one.long === long))
      .map(({ long }) => ({ path: [...path, below.name()], long: long ?? '' })),
    ...shared(below, path),
  ]);
}

/** Whether a command gets an option that stands behind its name. */
async function getsItsOwn({ path, long }: { path: string[]; long: string }): Promise<boolean> {
  const program = await freshProgram();
  const find = (from: Command, name: string) => from.commands.find((one) => one.name() === name) ?? from;
  const command = path.reduce(find, program).action(() => undefined);
  program.hook('preAction', (_, action) => takeOwnOptions(program, action));
  const words = command.registeredArguments.filter(({ required }) => required).map(() => 'x');
  const options = command.options.filter((one) => one.mandatory || one.long === long).flatMap(given);
  await program.parseAsync([...path, ...words, ...options], { from: 'user' });
  const option = command.options.find((one) => one.long === long);
  return command.getOptionValueSource(option?.attributeName() ?? '') === 'cli';
}

describe('options that a command and the one above it have', () => {
  // `xf hosts invitations --limit 5` listed fifty: xf hosts had taken the limit.
  it('are the command’s where they stand behind its name', async () => {
    const program = await freshProgram();
    const all = program.commands.flatMap((command) => shared(command, []));
    const names = all.map(({ path, long }) => `${path.join(' ')} ${long}`);
    expect(names).toEqual(
      expect.arrayContaining(['hosts invitations --limit', 'hosts drain --selector', 'regressions list --state']),
    );
    const lost: string[] = [];
    for (const one of all) if (!(await getsItsOwn(one))) lost.push(`${one.path.join(' ')} ${one.long}`);
    expect(lost).toEqual([]);
  });

  it('are refused where only the one above has them', async () => {
    const { code, err } = await xfAlone('hosts', 'drain', 'h1', '--reason', 'x', '--state', 'silent');
    expect([code, err]).toEqual([2, expect.stringMatching(/xf hosts drain has no --state, which xf hosts has\n→ /)]);
  });
});

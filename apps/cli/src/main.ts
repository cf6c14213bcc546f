import path from 'node:path';
import { type Command, CommanderError } from 'commander';
import type { Problem } from '#contracts';
import { CliError } from './cli-error.js';
import type { Context, GlobalOptions } from './context.js';
import { exitCodes } from './exit-codes.js';
import { flagOf } from './flag-of.js';
import { legibleJson, legibleLines, legibleValue } from './output/legible.js';
import { coloursOn } from './output/colours.js';
import { within } from './output/narrow.js';
import { settleOutput } from './output-option.js';
import { takeOwnOptions } from './own-options.js';
import { programFor } from './program.js';

/** What to do, where the API can only point to its own pages and routes. */
const remedyFor = (remedy: string, command: Command | null): string =>
  command === null
    ? remedy
    : remedy
        .replace(/correct it in the \w+ of the request; .*$/, `xf ${command.name()} --help`)
        .replace(/GET \/v1\/regressions\?state=all /, 'xf regressions --state all ')
        .replace(/GET \/v1\/set-aside-streams /, 'xf admin set-aside ')
        .replace(/GET \/v1\/(hosts|jobs|runs|keys) /, 'xf $1 ');

/** A refusal in the words of the command. Its contract is read only here: `xf --help` takes half as long without. */
async function inOwnWords(problem: Problem, command: Command): Promise<string> {
  const { problemWords } = await import('./client/problem-error.js');
  return problemWords(legibleValue(problem), flagOf(command));
}

async function explain(context: Context, error: unknown, json: boolean, command: Command | null): Promise<number> {
  if (error instanceof CommanderError) {
    // Help and version come here too; commander has printed its words already.
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  const known = error instanceof CliError ? error : null;
  const message =
    known?.problem !== undefined && command !== null
      ? await inOwnWords(known.problem, command)
      : (known?.message ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)));
  const remedyLine = known === null ? '' : `→ ${legibleLines(remedyFor(known.remedy, command))}\n`;
  const { isTTY = false, columns } = context.err;
  const text = `${coloursOn(context.err, context.environment).red('✗')} ${legibleLines(message)}\n${remedyLine}`;
  context.err.write(isTTY && columns !== undefined ? within(text, columns) : text);
  const exitCode = known?.exitCode ?? exitCodes.failed;
  if (json) {
    const { remedy, problem } = known ?? {};
    context.out.write(`${legibleJson({ error: { exitCode, message, remedy, problem } })}\n`);
  }
  return exitCode;
}

/** Runs one command; never throws. With --json a failure is one JSON document `{error}` on standard output. */
export async function run(args: readonly string[], context: Context): Promise<number> {
  const program = await programFor(args, context);
  let command: Command | null = null;
  program.hook('preAction', (_, action) => {
    command = action;
    takeOwnOptions(program, action);
    settleOutput(program, action);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    return await explain(context, error, program.opts<GlobalOptions>().json === true, command);
  }
}

/** `xf … | head`: a reader that wants no more ends the command, as SIGPIPE does with other programs. */
function endWithItsReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok);
}

/** Nobody reads what goes on (`2>&1 | head`); what was asked for is still wanted. */
function goOnUnheard(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Entry of the scripts and of the package: the real outside. Where it is installed, `root` is the user's own folder. */
export function main(
  args: readonly string[],
  { root, version, setupMs, packaged = false }: Pick<Context, 'root' | 'version' | 'setupMs' | 'packaged'>,
): Promise<number> {
  process.stdout.on('error', endWithItsReader);
  process.stderr.on('error', goOnUnheard);
  return run(args, {
    root,
    version,
    dataDir: path.resolve(process.env['XF_HOME'] ?? path.join(root, '.xf')),
    environment: process.env,
    setupMs,
    packaged,
    out: process.stdout,
    err: process.stderr,
    exitCode: exitCodes.ok,
  });
}

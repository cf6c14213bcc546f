import path from 'node:path';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { CliError } from './cli-error.js';
import { problemWords } from './client/problem-error.js';
import { commands } from './commands.js';
import type { Context, GlobalOptions } from './context.js';
import { exitCodes } from './exit-codes.js';
import { legibleJson, legibleLines, legibleValue } from './output/legible.js';
import { refuseRepeats } from './refuse-repeats.js';

async function programFor(args: readonly string[], context: Context): Promise<Command> {
  const program = new Command('xf')
    .description('Measures how long CPUs take to cross from user space into the kernel and back, across a fleet.')
    .version(context.version, '--version', 'the release of this xf')
    .option('--url <url>', 'the coordinator (default: XF_URL, then the fleet on this machine)')
    .option('--key <key>', 'API key (default: XF_KEY, then the local fleet’s)')
    .option('--json', 'JSON on standard output')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 the job or run did not succeed, 2 usage, 3 no coordinator answers,\n' +
        '4 refused (key, validation, not found), 5 the coordinator failed, 130 interrupted.',
    )
    .configureOutput({
      writeOut: (text) => context.out.write(text),
      writeErr: (text) => context.err.write(text),
    })
    .exitOverride();
  for (const { name, summary, load } of commands) {
    const verb = program.command(name).description(summary);
    // A value may be a command's name too (`--key jobs`); then one module more is read, which does no harm.
    if (args.includes(name)) (await load())(verb, context);
  }
  refuseRepeats(program);
  return program;
}

/** What the API and the command line call by different names. */
const flagNames: Readonly<Record<string, string>> = { jobId: 'job', hostId: 'host', runId: 'run' };

/** A field of a request as an option of the command, where it has one: `--since`. */
function flagOf(command: Command): (field: string) => string {
  return (field) => {
    const [, name = field, rest = ''] = /^([^.[]+)(.*)$/.exec(field) ?? [];
    const option = command.options.find((one) => one.attributeName() === (flagNames[name] ?? name));
    return option?.long === undefined || option.long === null ? field : `${option.long}${rest}`;
  };
}

/** What to do, where the API can only point to its own pages. */
const remedyFor = (remedy: string, command: Command | null): string =>
  command === null
    ? remedy
    : remedy.replace(/correct it in the \w+ of the request; .*$/, `xf ${command.name()} --help`);

function explain(context: Context, error: unknown, json: boolean, command: Command | null): number {
  if (error instanceof CommanderError) {
    // Help and version come here too; commander has printed its words already.
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  const known = error instanceof CliError ? error : null;
  const message =
    known?.problem !== undefined && command !== null
      ? problemWords(legibleValue(known.problem), flagOf(command))
      : (known?.message ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)));
  const remedyLine = known === null ? '' : `→ ${legibleLines(remedyFor(known.remedy, command))}\n`;
  context.err.write(`${pc.red('✗')} ${legibleLines(message)}\n${remedyLine}`);
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
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    return explain(context, error, program.opts<GlobalOptions>().json === true, command);
  }
}

/** `xf … | head`: a reader that wants no more ends the command, as SIGPIPE does with other programs. */
function endWithItsReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok);
}

/** Entry of the scripts: the real outside. */
export function main(
  args: readonly string[],
  { root, version, setupMs }: Pick<Context, 'root' | 'version' | 'setupMs'>,
): Promise<number> {
  process.stdout.on('error', endWithItsReader);
  return run(args, {
    root,
    version,
    dataDir: path.resolve(process.env['XF_HOME'] ?? path.join(root, '.xf')),
    environment: process.env,
    setupMs,
    out: process.stdout,
    err: process.stderr,
    exitCode: exitCodes.ok,
  });
}

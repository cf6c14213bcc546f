import path from 'node:path';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { CliError } from './cli-error.js';
import { registerAdmin } from './commands/admin.js';
import { registerCompare } from './commands/compare.js';
import { registerConsole } from './commands/console.js';
import { registerDemo } from './commands/demo.js';
import { registerDoctor } from './commands/doctor.js';
import { registerExport } from './commands/export.js';
import { registerHosts } from './commands/hosts.js';
import { registerCancel, registerJobs } from './commands/jobs.js';
import { registerLog } from './commands/log.js';
import { registerReplay } from './commands/replay.js';
import { registerResults } from './commands/results.js';
import { registerRuns } from './commands/runs.js';
import { registerSim } from './commands/sim.js';
import { registerStats } from './commands/stats.js';
import { registerSubmit } from './commands/submit.js';
import { registerUp } from './commands/up.js';
import { registerWatch } from './commands/watch.js';
import type { Context, GlobalOptions } from './context.js';
import { exitCodes } from './exit-codes.js';
import { legibleJson, legibleLines } from './output/legible.js';

function programFor(context: Context): Command {
  const program = new Command('xf')
    .description('How long CPUs take from user space into the kernel and back, fleet-wide.')
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
  for (const register of [
    registerUp,
    registerSubmit,
    registerWatch,
    registerJobs,
    registerCancel,
    registerHosts,
    registerRuns,
    registerResults,
    registerReplay,
    registerCompare,
    registerExport,
    registerConsole,
    registerAdmin,
    registerDemo,
    registerDoctor,
    registerSim,
    registerLog,
    registerStats,
  ]) {
    register(program, context);
  }
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

function explain(context: Context, error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    // Help and version come here too; commander has printed its words already.
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  const known = error instanceof CliError ? error : null;
  const message = known?.message ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
  const remedyLine = known === null ? '' : `→ ${legibleLines(known.remedy)}\n`;
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
  const program = programFor(context);
  try {
    await program.parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    return explain(context, error, program.opts<GlobalOptions>().json === true);
  }
}

/** Entry of the scripts: the real outside. */
export function main(
  args: readonly string[],
  { root, setupMs }: { root: string; setupMs: Record<string, number> },
): Promise<number> {
  return run(args, {
    root,
    dataDir: path.resolve(process.env['XF_HOME'] ?? path.join(root, '.xf')),
    environment: process.env,
    setupMs,
    out: process.stdout,
    err: process.stderr,
    exitCode: exitCodes.ok,
  });
}

import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context.js';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { wholeNumber } from './arguments.js';

interface UpCommandOptions {
  once?: boolean;
  port?: number;
  runs: number;
  faults: number;
  guests?: boolean;
}

const defaultPort = 3000;

function portOf(option: number | undefined, environment: NodeJS.ProcessEnv): { port: number; insist: boolean } {
  const text = environment['PORT'];
  const port = option ?? (text === undefined || text === '' ? undefined : Number(text));
  if (port === undefined) return { port: defaultPort, insist: false };
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return { port, insist: true };
  throw new CliError(`port ${String(option ?? text)} is not a port`, 'name one from 0 to 65535', exitCodes.usage);
}

export function registerUp(program: Command, context: Context): void {
  program
    .command('up')
    .description('run the whole fleet on this machine: measure once, show the result, serve until Ctrl-C')
    .option('--once', 'end after the result')
    .option(
      '--port <n>',
      `port of the coordinator (default: PORT, else ${defaultPort} or the next free one)`,
      wholeNumber,
    )
    .option('--runs <n>', 'runs per host and probe', wholeNumber, 10)
    .option('--faults <n>', 'measured faults a run', wholeNumber, 10_000)
    .option(
      '--guests',
      'also serve host guests: patched kernels under QEMU, for jobs with a matrix (npm run kernel:build)',
    )
    .action(async (options: UpCommandOptions, command: Command) => {
      const where = portOf(options.port, context.environment);
      // PostgreSQL, the queue and their clients are a third of a second to load; only this command needs them.
      const { runUp } = await import('../up/run-up.js');
      await runUp(context, {
        ...where,
        once: options.once === true,
        json: command.optsWithGlobals<GlobalOptions>().json === true,
        runsPerHost: options.runs,
        faults: options.faults,
        guests: options.guests === true,
      });
    });
}

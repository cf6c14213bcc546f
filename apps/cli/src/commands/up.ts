import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context.js';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { needsClone } from '../needs-clone.js';
import { wholeNumber } from './arguments.js';

interface UpCommandOptions {
  once?: boolean;
  port?: number;
  runs: number;
  faults: number;
  guests?: boolean;
  demo?: boolean;
}

const defaultPort = 3000;

function portOf(option: number | undefined, environment: NodeJS.ProcessEnv): { port: number; insist: boolean } {
  const text = environment['PORT'];
  const port = option ?? (text === undefined || text === '' ? undefined : Number(text));
  if (port === undefined) return { port: defaultPort, insist: false };
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return { port, insist: true };
  throw new CliError(`port ${String(option ?? text)} is not a port`, 'name one from 0 to 65535', exitCodes.usage);
}

/** Options of the measurement that `npm start` makes; with the demo nothing is measured. */
function refuseWithDemo(command: Command): void {
  const given = ['runs', 'faults', 'guests'].find((name) => command.getOptionValueSource(name) === 'cli');
  if (given === undefined) return;
  throw new CliError(
    `--${given} does not go with --demo, which measures nothing`,
    `leave it out; what the demo is made of is said to xf demo`,
    exitCodes.usage,
  );
}

export function registerUp(verb: Command, context: Context): void {
  verb
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
    .option('--demo', 'instead of measuring, serve the demo (xf demo); it is made if there is none')
    .action(async (options: UpCommandOptions, command: Command) => {
      needsClone(context, 'xf up');
      const where = portOf(options.port, context.environment);
      const json = command.optsWithGlobals<GlobalOptions>().json === true;
      if (options.demo === true) {
        refuseWithDemo(command);
        const { serveDemo } = await import('../demo/serve-demo.js');
        return serveDemo(context, { ...where, once: options.once === true, json });
      }
      // PostgreSQL, the queue and their clients are a third of a second to load; only this command needs them.
      const { runUp } = await import('../up/run-up.js');
      await runUp(context, {
        ...where,
        once: options.once === true,
        json,
        runsPerHost: options.runs,
        faults: options.faults,
        guests: options.guests === true,
      });
    });
}

import type { Command } from 'commander';
import { simulatedFleet } from '#entry-sim';
import { readLocalFleet } from '../../client/connection.js';
import { CliError } from '../../cli-error.js';
import { clientFor, type Context, show, tellOn } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { needsClone } from '../../needs-clone.js';
import { wholeNumber } from '../arguments.js';
import { simulated } from './conditions.js';

/** What one worker serves at most (apps/worker/src/env/worker-settings.ts). */
const mostHosts = 10_000;

interface FleetOptions {
  hosts: number;
  seed: number;
  workerId: string;
  databaseUrl?: string;
}

/** The event store's address for the worker: named, or that of the fleet that runs on this machine. */
async function databaseUrlFor(context: Context, url: string, named: string | undefined): Promise<string> {
  const given = named ?? context.environment['DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  const local = await readLocalFleet(context.dataDir);
  if (local?.workerDatabaseUrl !== undefined && new URL(local.url).origin === new URL(url).origin)
    return local.workerDatabaseUrl;
  throw new CliError(
    `a worker needs the event store of ${url}, and nothing names it`,
    'set DATABASE_URL or --database-url to the store as its worker login, or start a fleet here with npm start',
    exitCodes.usage,
  );
}

export function registerFleet(sim: Command, context: Context): void {
  sim
    .command('fleet')
    .description('serve simulated hosts, a plausible mix of generations, until Ctrl-C')
    .option('--hosts <n>', `how many, 1 to ${mostHosts}`, wholeNumber, 100)
    .option('--seed <n>', 'of the order of the machines', wholeNumber, 1)
    .option(
      '--worker-id <id>',
      'the worker that serves them; their ids and their label "fleet" start with its name',
      'sim-fleet',
    )
    .option('--database-url <url>', 'event store and queue (default: DATABASE_URL, then the fleet on this machine)')
    .action(async ({ hosts: count, seed, workerId, databaseUrl: named }: FleetOptions, command: Command) => {
      needsClone(context, 'xf sim fleet');
      if (count > mostHosts)
        throw new CliError(
          `--hosts ${count}: one worker serves at most ${mostHosts}`,
          'start several, each with its own --worker-id',
          exitCodes.usage,
        );
      const hosts = simulated(() => simulatedFleet(count, seed, workerId));
      // Names exactly these hosts: those of an earlier fleet of another size stay registered, and nobody serves them.
      const label = `${workerId}-${count}-${seed}`;
      const client = await clientFor(context, command);
      const databaseUrl = await databaseUrlFor(context, client.connection.url, named);
      // Spawning belongs to `up`; only this command and that one load it.
      const { SimulatedFleet } = await import('../../up/sim-fleet.js');
      const { untilSignal } = await import('../../up/until-signal.js');
      const ending = untilSignal();
      const tell = tellOn(context);
      const fleet = new SimulatedFleet({
        ...context, client, databaseUrl, workerId, label, hosts, tell, giveUp: ending.fail,
      }); // prettier-ignore
      try {
        const began = performance.now();
        const up = await Promise.race([fleet.start(ending.signal).then(() => true), ending.ended]);
        if (up !== true) {
          context.exitCode = exitCodes.interrupted;
          return;
        }
        const machines = Object.fromEntries(
          [...new Set(hosts.map(({ machine }) => machine))]
            .sort()
            .map((machine) => [machine, hosts.filter((host) => host.machine === machine).length]),
        );
        const measure = `xf submit --selector fleet=${label} --runs 3 --faults 1000 --watch`;
        const registeredMs = Math.round(performance.now() - began);
        show(context, command, { workerId, hosts, machines, registeredMs, measure }, () =>
          [
            `${hosts.length} simulated hosts are registered (${(registeredMs / 1_000).toFixed(1)} s), worker ${workerId}:`,
            ...Object.entries(machines).map(([machine, many]) => `  ${String(many).padStart(4)}  ${machine}`),
            `measure them: ${measure}`,
          ].join('\n'),
        );
        tell(`serving until Ctrl-C; the worker's log is ${fleet.logFile}`);
        await ending.ended;
      } finally {
        await fleet.stop();
        ending.release();
      }
    });
}

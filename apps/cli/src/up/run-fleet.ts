import { setTimeout as pause } from 'node:timers/promises';
import { readLocalFleet } from '../client/connection.js';
import { CliError } from '../cli-error.js';
import { type Context, tellOn } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { coloursOn } from '../output/colours.js';
import { type Fleet, FleetProcesses } from './fleet.js';
import { blameFullDisk, freeBytesOf } from './full-disk.js';
import type { ServedHost } from './demo-job.js';
import { watchLauncher } from './launcher-watch.js';
import { openInBrowser } from './open-browser.js';
import { addressesOf } from './result.js';

export interface FleetRun {
  /** The fleet's data folder. */
  dataDir: string;
  port: number;
  insist: boolean;
  hosts: readonly ServedHost[];
  /** End after the work. */
  once: boolean;
}

/** What ends a fleet that serves: a signal, npm's death, or the loss of a process for good. */
type End = { signal: string } | { error: CliError };

/** @throws CliError naming the address when this folder's fleet runs already. */
async function refuseSecond(dataDir: string): Promise<void> {
  const other = await readLocalFleet(dataDir);
  if (other === null || other.pid === process.pid) return;
  const answers = await fetch(`${other.url}/health/live`, { signal: AbortSignal.timeout(2_000) }).then(
    (reply) => reply.ok,
    () => false,
  );
  if (!answers) return;
  throw new CliError(
    `the fleet of ${dataDir} is already running: ${other.url} (process ${other.pid})`,
    `use that one, stop it (kill ${other.pid}), or name another data folder with XF_HOME`,
    exitCodes.failed,
  );
}

/** One Ctrl-C comes twice, from the terminal and passed on by npm; what comes later than this is a second one. */
const samePressMs = 500;

/** Calls `end` once, for the first thing that ends us; a second signal kills what is still there. */
function listenForEnd(environment: NodeJS.ProcessEnv, end: (why: End) => void, kill: () => void): () => void {
  let askedAtMs = Infinity;
  const onSignal = (signal: string): void => {
    if (performance.now() - askedAtMs > samePressMs) kill();
    askedAtMs = Math.min(askedAtMs, performance.now());
    end({ signal });
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const unwatch = watchLauncher(environment, () => end({ signal: 'the death of npm' }));
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
    unwatch();
  };
}

/**
 * Starts the fleet, does the work and serves until a signal comes (or, with `once`, ends). Whatever happens, nothing of it
 * is left running.
 *
 * @throws CliError when something did not start or was lost, and what `work` throws.
 */
export async function runFleet(
  context: Context,
  { once, ...run }: FleetRun,
  work: (fleet: Fleet & { pids: FleetProcesses['pids'] }, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const tell = tellOn(context);
  await refuseSecond(run.dataDir);
  const aborting = new AbortController();
  let end: (why: End) => void = () => undefined;
  const ended = new Promise<End>((resolve) => (end = resolve));
  const fleet = new FleetProcesses({
    ...context,
    ...run,
    host: '127.0.0.1',
    tell,
    giveUp: (error) => end({ error }),
  });
  const quiet = listenForEnd(context.environment, end, () => fleet.kill());
  void ended.then(() => aborting.abort());
  const begun = async (): Promise<void> => {
    const started = await fleet.start();
    await work({ ...started, pids: fleet.pids }, aborting.signal);
  };

  try {
    const first = await Promise.race([begun().then(() => null), ended]);
    const why = first ?? (once ? null : await ended);
    if (why !== null && 'error' in why) throw why.error;
    if (why !== null) {
      tell(`stopping (${why.signal})`);
      if (once || first !== null) context.exitCode = exitCodes.interrupted;
    }
  } catch (error) {
    throw blameFullDisk(error, run.dataDir, await freeBytesOf(run.dataDir));
  } finally {
    await stopEverything(fleet, tell);
    quiet();
  }
}

/** Says it when stopping takes long, so that nobody thinks it hangs. */
async function stopEverything(fleet: FleetProcesses, tell: (line: string) => void): Promise<void> {
  const slow = new AbortController();
  const notice = pause(1_000, undefined, { signal: slow.signal }).then(
    () => tell('waiting for the processes to end …'),
    () => undefined, // they ended sooner
  );
  await fleet.stop();
  slow.abort();
  await notice;
}

export async function showAddresses(context: Context, { client, url }: Pick<Fleet, 'client' | 'url'>): Promise<void> {
  const addresses = addressesOf(url);
  const makeLink = async (): Promise<string> => (await client.consoleLink()).url;
  const link = await makeLink();
  const { bold } = coloursOn(context.err, context.environment);
  context.err.write(
    `\n${bold('console')}  ${link}\n         (this link works once, within 10 minutes; xf console prints another)\n` +
      `${bold('API')}      ${addresses.apiDocs}\n${bold('health')}   ${addresses.health}\nserving until Ctrl-C\n`,
  );
  if (context.err.isTTY === true) await openInBrowser(makeLink, context);
}

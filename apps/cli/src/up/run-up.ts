import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import pc from 'picocolors';
import type { ApiClient } from '../client/api-client.js';
import { readLocalFleet } from '../client/connection.js';
import { CliError } from '../cli-error.js';
import { type Context, tellOn } from '../context.js';
import { readCpuFacts } from '../doctor/facts.js';
import { cpu } from '../doctor/measuring-checks.js';
import { exitCodes } from '../exit-codes.js';
import { legibleJson, legibleValue } from '../output/legible.js';
import { guestsHost, ownHostId, servedHosts } from './demo-job.js';
import { FleetProcesses } from './fleet.js';
import { blameFullDisk, freeBytesOf } from './full-disk.js';
import { watchLauncher } from './launcher-watch.js';
import { measure } from './measure.js';
import { openInBrowser } from './open-browser.js';
import { addressesOf, type UnmetRequirement, reasonForFailure, type UpResult, upText } from './result.js';

export interface UpOptions {
  once: boolean;
  json: boolean;
  port: number;
  insist: boolean;
  runsPerHost: number;
  faults: number;
  /** Also serve patched guests of this machine; they take no part in the main job. */
  guests: boolean;
}

/** What ends a fleet that serves: a signal, npm's death, or the loss of a process for good. */
type End = { signal: string } | { error: CliError };

async function unmetRequirements(): Promise<{ canMeasure: boolean; lacks: UnmetRequirement[] }> {
  const check = cpu(await readCpuFacts());
  const lacks = check.remedy === null ? [] : [{ what: check.found, remedy: check.remedy }];
  return { canMeasure: check.state === 'ok', lacks };
}

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
    `the fleet of ${dataDir} runs already: ${other.url} (process ${other.pid})`,
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
 * The main job: starts the fleet, measures, shows the result and serves until a signal comes (or, with `once`, ends).
 * Whatever happens, nothing of it is left running.
 *
 * @throws CliError when something did not start, was lost, or the job has no result.
 */
export async function runUp(context: Context, options: UpOptions): Promise<void> {
  const began = performance.now();
  const tell = tellOn(context);
  await refuseSecond(context.dataDir);
  const { canMeasure, lacks } = await unmetRequirements();
  const served = servedHosts(ownHostId(hostname()), canMeasure);

  const aborting = new AbortController();
  let end: (why: End) => void = () => undefined;
  const ended = new Promise<End>((resolve) => (end = resolve));
  const fleet = new FleetProcesses({
    ...context,
    ...options,
    host: '127.0.0.1',
    hosts: options.guests ? [...served, guestsHost] : served,
    tell,
    giveUp: (error) => end({ error }),
  });
  const quiet = listenForEnd(context.environment, end, () => fleet.kill());
  void ended.then(() => aborting.abort());

  const work = async (): Promise<void> => {
    const { url, client, hosts } = await fleet.start();
    const startMs = Math.round(performance.now() - began);
    tell(`${hosts.length} hosts are registered; the fleet answers at ${url}`);
    const measured = await measure(client, {
      served,
      size: { runsPerHost: options.runsPerHost, faults: options.faults },
      progress: context.err,
      signal: aborting.signal,
    });
    const result: UpResult = {
      ...measured,
      lacks,
      addresses: addressesOf(url),
      timings: { setup: context.setupMs, startMs, measureMs: Math.round(performance.now() - began - startMs) },
      pids: fleet.pids,
    };
    showResult(context, options, result);
    if (!options.once) await showAddresses(context, client, result.addresses);
    const reason = reasonForFailure(result);
    if (reason !== null && options.once) throw new CliError(reason, 'see the table and .xf/logs', exitCodes.failed);
  };

  try {
    const first = await Promise.race([work().then(() => null), ended]);
    const why = first ?? (options.once ? null : await ended);
    if (why !== null && 'error' in why) throw why.error;
    if (why !== null) {
      tell(`stopping (${why.signal})`);
      if (options.once || first !== null) context.exitCode = exitCodes.interrupted;
    }
  } catch (error) {
    throw blameFullDisk(error, context.dataDir, await freeBytesOf(context.dataDir));
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

function showResult(context: Context, { json }: UpOptions, result: UpResult): void {
  const { startMs, measureMs } = result.timings;
  context.out.write(json ? `${legibleJson(result)}\n` : `\n${upText(legibleValue(result))}\n`);
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
  context.err.write(`${pc.dim('·')} started in ${seconds(startMs)} s, measured in ${seconds(measureMs)} s\n`);
}

async function showAddresses(context: Context, client: ApiClient, addresses: UpResult['addresses']): Promise<void> {
  const makeLink = async (): Promise<string> => (await client.consoleLink()).url;
  const link = await makeLink();
  context.err.write(
    `\n${pc.bold('console')}  ${link}\n         (this link is good once and for 10 minutes; xf console prints another)\n` +
      `${pc.bold('API')}      ${addresses.apiDocs}\n${pc.bold('health')}   ${addresses.health}\nserving until Ctrl-C\n`,
  );
  if (context.err.isTTY === true) await openInBrowser(makeLink, context);
}

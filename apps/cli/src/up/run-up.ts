import { hostname } from 'node:os';
import { CliError } from '../cli-error.js';
import { type Context, tellOn } from '../context.js';
import { readCpuFacts } from '../doctor/facts.js';
import { cpu } from '../doctor/measuring-checks.js';
import { exitCodes } from '../exit-codes.js';
import { coloursOn } from '../output/colours.js';
import { legibleJson, legibleValue } from '../output/legible.js';
import { guestsHost, ownHostId, servedHosts } from './demo-job.js';
import { measure } from './measure.js';
import { addressesOf, type UnmetRequirement, reasonForFailure, type UpResult, upText } from './result.js';
import { runFleet, showAddresses } from './run-fleet.js';

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

async function unmetRequirements(): Promise<{ canMeasure: boolean; lacks: UnmetRequirement[] }> {
  const check = cpu(await readCpuFacts());
  const lacks = check.remedy === null ? [] : [{ what: check.found, remedy: check.remedy }];
  return { canMeasure: check.state === 'ok', lacks };
}

/**
 * The main job: starts the fleet, measures, shows the result and serves until a signal comes (or, with `once`, ends).
 *
 * @throws CliError when something did not start, was lost, or the job has no result.
 */
export async function runUp(context: Context, options: UpOptions): Promise<void> {
  const began = performance.now();
  const { canMeasure, lacks } = await unmetRequirements();
  const served = servedHosts(ownHostId(hostname()), canMeasure);
  const hosts = options.guests ? [...served, guestsHost] : served;
  const { dataDir } = context;
  await runFleet(context, { ...options, dataDir, hosts }, async (fleet, signal) => {
    const startMs = Math.round(performance.now() - began);
    tellOn(context)(`${fleet.hosts.length} hosts are registered; the fleet answers at ${fleet.url}`);
    const measured = await measure(fleet.client, {
      served,
      size: { runsPerHost: options.runsPerHost, faults: options.faults },
      progress: context.err,
      signal,
    });
    const result: UpResult = {
      ...measured,
      lacks,
      addresses: addressesOf(fleet.url),
      timings: { setup: context.setupMs, startMs, measureMs: Math.round(performance.now() - began - startMs) },
      pids: fleet.pids,
    };
    showResult(context, options, result);
    if (!options.once) await showAddresses(context, fleet);
    const reason = reasonForFailure(result);
    if (reason !== null && options.once) throw new CliError(reason, 'see the table and .xf/logs', exitCodes.failed);
  });
}

function showResult(context: Context, { json }: UpOptions, result: UpResult): void {
  const { startMs, measureMs } = result.timings;
  context.out.write(json ? `${legibleJson(result)}\n` : `\n${upText(legibleValue(result))}\n`);
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
  const { dim } = coloursOn(context.err, context.environment);
  context.err.write(`${dim('·')} started in ${seconds(startMs)} s, measured in ${seconds(measureMs)} s\n`);
}

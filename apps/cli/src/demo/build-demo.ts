import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type DemoOptions, type History, historyOf, storyOf, writeHistory } from '#demo-history';
import { count } from '#wording';
import type { ApiClient } from '../client/api-client.js';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { countOn } from '../output/progress.js';
import { FleetProcesses } from '../up/fleet.js';
import { blameFullDisk, freeBytesOf } from '../up/full-disk.js';
import { sameOptions } from './demo-options.js';
import {
  demoFolder,
  type DemoMarker,
  readMarker,
  refuseRunning,
  removeDemo,
  writeMarker,
  writeStory,
} from './demo-folder.js';

/** Somebody stopped it; what stands is kept. */
export class DemoStopped extends Error {}

export interface DemoBuilt {
  folder: string;
  marker: DemoMarker;
  /** Whether it stood there before. */
  stood: boolean;
  /** Seconds until the last event stood there, and from then on until the read models had it all; 0 for what stood there. */
  eventsS: number;
  readModelsS: number;
}

/** A look counts what the read models have yet to take in: at 100,000 events that took PostgreSQL a second and more. */
const lookEveryMs = 2_000;

const seconds = (sinceMs: number): number => Math.round((performance.now() - sinceMs) / 100) / 10;

/**
 * Makes the demo of these options, goes on with a half one, or finds it there.
 *
 * @throws CliError when another complete demo stands there, the disk is full, or something did not start; DemoStopped.
 */
export async function buildDemo(
  context: Context,
  options: DemoOptions,
  { tell, signal }: { tell: (line: string) => void; signal: AbortSignal },
): Promise<DemoBuilt> {
  const folder = demoFolder(context.dataDir);
  await refuseRunning(folder);
  const before = await readMarker(folder);
  const same = before !== null && sameOptions(before.options, options);
  if (before?.state === 'complete' && same) return { folder, marker: before, stood: true, eventsS: 0, readModelsS: 0 };
  if (before?.state === 'complete')
    throw new CliError(
      `there is another demo in ${folder}: ${optionsText(before.options)}`,
      'serve that one with npm start -- --demo, or remove it first: xf demo --remove',
      exitCodes.failed,
    );
  if (before !== null && !same) {
    tell(`there is an incomplete demo with other options in ${folder}; removing it`);
    await removeDemo(folder);
  }
  if (before !== null && same) tell('the demo is incomplete; continuing it');

  const history = historyOf(options);
  const marker: DemoMarker = { form: 2, state: 'building', options, runs: history.runs };
  await writeMarker(folder, marker);
  try {
    const took = await fill(context, folder, history, { tell, signal });
    await writeStory(folder, storyOf(history));
    const complete: DemoMarker = { ...marker, state: 'complete' };
    await writeMarker(folder, complete);
    return { folder, marker: complete, stood: false, ...took };
  } catch (error) {
    throw error instanceof DemoStopped ? error : blameFullDisk(error, folder, await freeBytesOf(folder));
  }
}

export function optionsText({ days, hosts, runs, samples, seed, until }: DemoOptions): string {
  return `--days ${days} --hosts ${hosts} --runs ${runs} --samples ${samples} --seed ${seed} --until ${until}`;
}

/**
 * Writes the history while a coordinator, as any fleet has one, follows with the read models: they need the CPU as much as
 * the events do.
 */
async function fill(
  context: Context,
  folder: string,
  history: History,
  { tell, signal }: { tell: (line: string) => void; signal: AbortSignal },
): Promise<Pick<DemoBuilt, 'eventsS' | 'readModelsS'>> {
  const began = performance.now();
  const lost = new AbortController();
  const fleet = new FleetProcesses({
    ...{
      ...context,
      dataDir: folder,
      host: '127.0.0.1',
      port: 0,
      insist: false,
      hosts: [],
      announced: false,
      tell,
    },
    // A look at half a history would be the first one.
    environment: { ...context.environment, REGRESSION_LOOK_EVERY_MIN: 'off' },
    giveUp: (error) => lost.abort(error),
  });
  const stopped = (): DemoStopped => new DemoStopped('stopped; xf demo continues it, xf demo --remove removes it');
  const runs = countOn(context.err, 'runs written');
  try {
    const { client } = await fleet.start();
    const whole = await writeHistory({
      ...{ databaseUrl: fleet.databaseUrl('coordinator'), history, signal: AbortSignal.any([signal, lost.signal]) },
      onNight: (_night, written) => runs.update(written, history.runs),
    });
    runs.stop();
    lost.signal.throwIfAborted();
    if (!whole) throw stopped();
    const eventsS = seconds(began);
    const eventsDone = performance.now();
    const bar = countOn(context.err, '% of the read models filled');
    try {
      for (let percent = 0; percent < 100;) {
        lost.signal.throwIfAborted();
        if (signal.aborted) throw stopped();
        percent = await filledPercent(client);
        bar.update(percent, 100);
        if ((await freeBytesOf(folder)) < leastFreeBytes)
          throw new Error('the read models can’t be filled: too little disk space');
        if (percent < 100) await pause(lookEveryMs, undefined, { signal }).catch(() => undefined); // only a stop wakes it
      }
    } finally {
      bar.stop();
    }
    return { eventsS, readModelsS: seconds(eventsDone) };
  } finally {
    runs.stop();
    await fleet.stop();
  }
}

/** Below it PostgreSQL can't add a segment to its log, and the coordinator would try for ever. */
const leastFreeBytes = 16 * 1024 * 1024;

/** Of all projections together; 100 once each is live and has nothing left to take in. */
async function filledPercent(client: ApiClient): Promise<number> {
  const { items } = await client.projections();
  const done = items.map(({ state, filledPercent: share, lagEvents }) =>
    state === 'filling' ? (share ?? 0) : lagEvents === 0 ? 100 : 99,
  );
  return Math.floor(done.reduce((sum, share) => sum + share, 0) / Math.max(1, done.length));
}

export function demoText({ folder, marker, stood, eventsS, readModelsS }: DemoBuilt): string {
  const { options, runs } = marker;
  const made = stood
    ? 'it was already there'
    : `made in ${(eventsS + readModelsS).toFixed(1)} s (until the last event ${eventsS.toFixed(1)} s, read models ${readModelsS.toFixed(1)} s more)`;
  return [
    `demo, simulated: ${count(runs)} runs of ${options.days} nights until ${options.until}; ${made}`,
    `story    ${path.join(folder, 'story.json')}`,
    'serve    npm start -- --demo',
    'remove   ./xf demo --remove',
  ].join('\n');
}

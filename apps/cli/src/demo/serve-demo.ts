import { demoDefaults, lastNightBefore } from '#demo-history';
import { type Context, tellOn } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { legibleJson, legibleValue } from '../output/legible.js';
import { runFleet, showAddresses } from '../up/run-fleet.js';
import { untilSignal } from '../up/until-signal.js';
import { buildDemo, type DemoBuilt, DemoStopped, demoText } from './build-demo.js';
import { demoFolder, readMarker } from './demo-folder.js';

export interface ServeOptions {
  port: number;
  insist: boolean;
  once: boolean;
  json: boolean;
}

/** Makes the demo where there is none, goes on with a half one, and finds a whole one whatever its options. */
async function whole(context: Context): Promise<DemoBuilt | null> {
  const tell = tellOn(context);
  const begun = await readMarker(demoFolder(context.dataDir));
  const options = begun?.options ?? { ...demoDefaults, until: lastNightBefore(new Date()) };
  const ending = untilSignal();
  try {
    return await buildDemo(context, options, { tell, signal: ending.signal });
  } catch (error) {
    if (!(error instanceof DemoStopped)) throw error;
    tell(error.message);
    context.exitCode = exitCodes.interrupted;
    return null;
  } finally {
    ending.release();
  }
}

/**
 * Serves the demo with the console, from its own data folder, until a signal comes (or, with `once`, ends).
 *
 * @throws CliError as `buildDemo` and `runFleet`.
 */
export async function serveDemo(context: Context, { json, ...run }: ServeOptions): Promise<void> {
  const built = await whole(context);
  if (built === null) return;
  await runFleet(context, { ...run, dataDir: built.folder, hosts: [] }, async (fleet) => {
    const { url, pids } = fleet;
    context.out.write(json ? `${legibleJson({ ...built, url, pids })}\n` : `\n${demoText(legibleValue(built))}\n`);
    if (run.once) return;
    context.err.write(`\nother commands find it with XF_HOME=${built.folder}\n`);
    await showAddresses(context, fleet);
  });
}

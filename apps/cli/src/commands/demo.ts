import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { type Context, show, tellOn } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { needsClone } from '../needs-clone.js';
import { wholeNumber } from './arguments.js';

interface DemoCommandOptions {
  days?: number;
  hosts?: number;
  runs?: number;
  samples?: number;
  scale?: number;
  seed?: number;
  until?: string;
  remove?: boolean;
}

export function registerDemo(verb: Command, context: Context): void {
  verb
    .option('--days <n>', 'nights (default: 365)', wholeNumber)
    .option('--hosts <n>', 'hosts measured each night (default: 20)', wholeNumber)
    .option('--runs <n>', 'runs a host and night (default: 5)', wholeNumber)
    .option('--samples <n>', 'samples a run (default: 1000)', wholeNumber)
    .option('--scale <n>', 'about this many runs in all, by adding hosts: up to 1000000', wholeNumber)
    .option('--seed <n>', 'another seed changes every date and size (default: 1)', wholeNumber)
    .option('--until <date>', 'the last night, UTC (default: yesterday)')
    .option('--remove', 'remove the demo')
    .action(async (options: DemoCommandOptions, command: Command) => {
      needsClone(context, 'xf demo');
      const { remove, ...wanted } = options;
      const { demoFolder, readMarker, removeDemo } = await import('../demo/demo-folder.js');
      if (remove === true) {
        if (Object.keys(wanted).length > 0)
          throw new CliError('--remove can’t be combined with other options', 'leave the others out', exitCodes.usage);
        const folder = demoFolder(context.dataDir);
        const removed = await removeDemo(folder);
        show(context, command, { folder, removed }, () =>
          removed ? `removed the demo of ${folder}` : `there is no demo in ${folder}`,
        );
        return;
      }
      // PostgreSQL and the store take a third of a second to load; only this command needs them.
      const { optionsOf } = await import('../demo/demo-options.js');
      const { buildDemo, demoText, DemoStopped } = await import('../demo/build-demo.js');
      const { untilSignal } = await import('../up/until-signal.js');
      const standing = await readMarker(demoFolder(context.dataDir));
      const checked = optionsOf(wanted, new Date(), standing?.options ?? null);
      const tell = tellOn(context);
      const ending = untilSignal();
      try {
        const built = await buildDemo(context, checked, { tell, signal: ending.signal });
        show(context, command, built, demoText);
      } catch (error) {
        if (!(error instanceof DemoStopped)) throw error;
        tell(error.message);
        context.exitCode = exitCodes.interrupted;
      } finally {
        ending.release();
      }
    });
}

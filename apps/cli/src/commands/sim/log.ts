import { Readable } from 'node:stream';
import { type Command, Option } from 'commander';
import { LOG_FAULTS, type LogFault, simulateRun } from '#entry-sim';
import type { Context } from '../../context.js';
import { list, wholeNumber } from '../arguments.js';
import { copy } from '../write-body.js';
import { simulated } from './conditions.js';

interface LogOptions {
  machine: string;
  faults: number;
  warmup: number;
  nonce: string;
  seed: number;
  batch: number;
  fault?: string[];
}

export function registerLog(sim: Command, context: Context): void {
  sim
    .command('log')
    .description('write the kernel log of a simulated run to standard output, damaged on demand')
    .option('--machine <machine>', 'simulated machine; an unknown name lists them all', 'haswell-ep')
    .option('--faults <n>', 'measured faults', wholeNumber, 10_000)
    .option('--warmup <n>', 'unrecorded faults before them', wholeNumber, 100)
    .option('--nonce <hex>', 'the run’s mark, 8 lower-case hex digits', '0badf00d')
    .option('--seed <n>', 'the same seed gives the same log', wholeNumber, 1)
    .addOption(new Option('--batch <n>', 'samples a line, 1 to 64').argParser(wholeNumber).default(64))
    .option('--fault <name>', `damage to the log (repeatable): ${LOG_FAULTS.join(', ')}`, list)
    .action(async ({ fault, ...options }: LogOptions) => {
      // A wrong name is refused by the simulator, which knows them all.
      const damage = fault as LogFault[] | undefined;
      const log = simulated(() => simulateRun({ probe: 'pf', damage, ...options }));
      await copy(Readable.from(log), context.out);
    });
}

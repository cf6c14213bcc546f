import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import {
  executorSchema,
  jobDefaults,
  type JobSpecInput,
  type Metric,
  metricNames,
  type Probe,
  probeNames,
} from '#contracts';
import { kernelSeriesNames } from '#kernel-series';
import { rowOf, type RowOptions } from '../bisect/cells.js';
import { type Measured, runBisect } from '../bisect/run-bisect.js';
import type { ApiClient } from '../client/api-client.js';
import { clientFor, type Context, show, tellOn } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { bisectedText } from '../output/bisect.js';
import { untilSignal } from '../up/until-signal.js';
import { decimal, each, given, list, onOff, wholeNumber } from './arguments.js';

interface BisectCommandOptions extends RowOptions {
  metric: Metric;
  probe?: Probe;
  executor?: string;
  faults?: number;
  timeout?: number;
  margin?: number;
  allow?: string[];
  runs: number;
  tries: number;
  resume?: string;
}

/** The fleet as a search uses it; a signal ends the waiting, not the job. */
const fleetOf = (client: ApiClient, signal: AbortSignal): Measured => ({
  measure: async (spec, key) => {
    const { jobId, state } = await client.submitJob(spec, key);
    if (state !== 'ended')
      for await (const { state: now } of client.jobProgress(jobId, signal)) if (now === 'ended') break;
    return jobId;
  },
  compare: (question) => client.compare(question),
});

export function registerBisect(verb: Command, context: Context): void {
  verb
    .option('--host <id>', 'the host that boots the guests', list)
    .option('--series <series>', `kernels to boot, the good one first: some of ${kernelSeriesNames.join(',')}`, list)
    .option('--kpti <states>', 'page-table isolation: on, off, or from the one to the other: on,off', onOff)
    .option('--cpu-model <model>', "CPU model of QEMU's (repeatable, the good one first)", each)
    .option('--boot-options <text>', "kernel parameters ('' for none; repeatable, the good ones first)", each)
    .option('--hosts <ids>', 'instead of guests a row of hosts, the good one first', list)
    .addOption(new Option('--metric <metric>', 'what to judge by').choices(metricNames).default(metricNames[0]))
    .addOption(new Option('--probe <probe>', 'the probe (default: as xf submit)').choices(probeNames))
    .addOption(new Option('--executor <executor>', 'default: what each host serves').choices(executorSchema.options))
    .option('--faults <n>', `measured faults a run (${jobDefaults.faults})`, wholeNumber)
    .option('--timeout <ms>', `limit of one run in milliseconds (${jobDefaults.timeoutMs})`, wholeNumber)
    .option('--margin <fraction>', 'ends within 1 ± margin count as equal (0.01)', decimal)
    .option('--allow <fields>', 'fields in which places may differ besides', list)
    .option('--runs <n>', 'runs of each place in the first job of a step; further ones double it', wholeNumber, 10)
    .option('--tries <n>', 'jobs of a step at most', wholeNumber, 3)
    .option('--resume <search>', 'takes up again the search of this name, which it said when it began')
    .addHelpText(
      'after',
      '\nEach step measures a place beside both ends, interleaved. Exit code 0: the first\nbad one was found; 1: it can’t be told; 4: the ends can’t be told apart.',
    )
    .action(async (options: BisectCommandOptions, command: Command) => {
      const row = rowOf(options);
      const client = await clientFor(context, command);
      const { metric, probe, executor, faults, timeout, margin, allow, runs, tries } = options;
      const key = options.resume ?? randomUUID().slice(0, 8);
      const tell = tellOn(context);
      tell(`bisect ${key}: ${row.map(({ name }) => name).join(' → ')}`);
      const job = given({ probes: probe && [probe], executor, faults, timeoutMs: timeout }) as Partial<JobSpecInput>;
      const until = untilSignal();
      try {
        const fleet = fleetOf(client, until.signal);
        const found = await runBisect(fleet, row, {
          key,
          job,
          metric,
          probe,
          margin,
          allow: allow?.join(','),
          runs,
          tries,
          tell,
        });
        show(context, command, found, bisectedText);
        if (found.firstBad.length > 1) context.exitCode = exitCodes.failed;
      } catch (error) {
        if (!until.signal.aborted) throw error;
        tell(`its job runs on; the same command with --resume ${key} takes it up again`);
        context.exitCode = exitCodes.interrupted;
      } finally {
        until.release();
      }
    });
}

import { type Command, Option } from 'commander';
import {
  type AtOnce,
  executorSchema,
  type JobSpecInput,
  jobDefaults,
  type Labels,
  limits,
  prioritySchema,
  probeSchema,
  runOrderSchema,
  type Unavailable,
  type UnavailableChoice,
  unavailableChoiceSchema,
} from '#contracts';
import { count } from '#wording';
import { kernelSeriesNames } from '#kernel-series';
import type { ApiClient } from '../client/api-client.js';
import { clientFor, type Context, show } from '../context.js';
import { jobText } from '../output/jobs.js';
import { each, given, hostsAtOnce, labelled, list, onOff, wholeNumber } from './arguments.js';
import { follow } from './watch.js';

export interface JobOptions {
  selector?: string;
  host?: string[];
  control?: string;
  probe?: string[];
  executor?: string;
  faults?: number;
  warmup?: number;
  runs?: number;
  order?: string;
  timeout?: number;
  priority?: string;
  silent?: UnavailableChoice;
  draining?: UnavailableChoice;
  quarantined?: UnavailableChoice;
  matrixSeries?: string[];
  matrixKpti?: boolean[];
  matrixCpuModel?: string[];
  matrixBootOptions?: string[];
  label?: Labels;
  atOnce?: AtOnce;
}

interface SubmitOptions extends JobOptions {
  seed?: number;
  name?: string;
  idempotencyKey?: string;
  watch?: boolean;
}

/** How many may be asked for, and how many are unless somebody asks. */
const range = (unless: number, most: number): string => `, at most ${count(most)} (${count(unless)})`;

/** The values of the matrix that were named; null without any. */
function matrixFrom({ matrixSeries, matrixKpti, matrixCpuModel, matrixBootOptions }: JobOptions) {
  const dimensions = {
    series: matrixSeries,
    kpti: matrixKpti,
    cpuModel: matrixCpuModel,
    bootOptions: matrixBootOptions,
  };
  const named = given(dimensions);
  return Object.keys(named).length === 0 ? undefined : named;
}

/** What becomes of hosts that can't begin their runs; undefined where nothing was said of it. */
function unavailableFrom({ silent, draining, quarantined }: JobOptions) {
  const said = given({ silent, draining, quarantined });
  return Object.keys(said).length === 0 ? undefined : said;
}

/** The body that the options ask for; the coordinator checks it and fills in the rest. */
export function specFrom(options: SubmitOptions): JobSpecInput {
  // The words were checked against the same enums by commander; a wrong one never comes here.
  return given({
    name: options.name,
    labels: options.label,
    selector: options.selector,
    hosts: options.host,
    control: options.control,
    probes: options.probe,
    executor: options.executor,
    faults: options.faults,
    warmup: options.warmup,
    runsPerHost: options.runs,
    order: options.order,
    timeoutMs: options.timeout,
    priority: options.priority,
    seed: options.seed,
    matrix: matrixFrom(options),
    unavailable: unavailableFrom(options),
    atOnce: options.atOnce,
  }) as JobSpecInput;
}

/** Submits a job and shows it, its id first, or follows it to its end. */
export async function submitSpec(
  context: Context,
  command: Command,
  client: ApiClient,
  { spec, idempotencyKey, watch }: { spec: JobSpecInput; idempotencyKey?: string; watch: boolean },
): Promise<void> {
  const job = await client.submitJob(spec, idempotencyKey);
  if (watch) return follow(context, command, client, job.jobId);
  show(context, command, job, (one, look) => `${jobText(one, look)}\nfollow it: xf watch ${one.jobId}`);
}

const unavailableOption = (state: keyof Unavailable, usually: UnavailableChoice): Option =>
  new Option(
    `--${state} <choice>`,
    `chosen hosts that are ${state}: their runs wait, they are left out, or the job is refused (default: ${usually})`,
  ).choices(unavailableChoiceSchema.options);

/** Adds the options that say which hosts are measured, and how. */
export function jobOptions(verb: Command): Command {
  return verb
    .option('--selector <expression>', 'hosts by labels, for example "generation=Haswell-EP,virt!=vm" or "*"')
    .option('--host <id>', 'a host by its id (repeatable)', list)
    .option(
      '--control <expression>',
      'also hosts where nothing changes (at least 3), so that `xf compare --control` can subtract their drift',
    )
    .option(
      '--probe <probe>',
      `one of ${probeSchema.options.join(', ')} (repeatable; default: pf where a host serves it, else all that it serves)`,
      list,
    )
    .addOption(new Option('--executor <executor>', 'default: what each host serves').choices(executorSchema.options))
    .option('--faults <n>', `measured faults a run${range(jobDefaults.faults, limits.faultsPerRun)}`, wholeNumber)
    .option(
      '--warmup <n>',
      `unrecorded faults before them${range(jobDefaults.warmup, limits.warmupPerRun)}`,
      wholeNumber,
    )
    .option(
      '--runs <n>',
      `runs per host and probe, and cell of the matrix${range(jobDefaults.runsPerHost, limits.runsPerHost)}`,
      wholeNumber,
    )
    .addOption(
      new Option('--order <order>', `order of the runs (${jobDefaults.order})`).choices(runOrderSchema.options),
    )
    .option(
      '--timeout <ms>',
      `limit of one run in milliseconds${range(jobDefaults.timeoutMs, limits.timeoutMsMax)}`,
      wholeNumber,
    )
    .addOption(
      new Option('--priority <priority>', `priority in the queues (${jobDefaults.priority})`).choices(
        prioritySchema.options,
      ),
    )
    .option(
      '--matrix-series <series>',
      `run in guests of these kernel series: some of ${kernelSeriesNames.join(',')}`,
      list,
    )
    .option('--matrix-kpti <states>', 'and with page-table isolation on, off or both: on,off', onOff)
    .option(
      '--matrix-cpu-model <model>',
      "and on this CPU model of QEMU's (repeatable; default: each host's own)",
      each,
    )
    .option('--matrix-boot-options <text>', "and with these kernel parameters ('' for none; repeatable)", each)
    .option(
      '--at-once <label=n>',
      'measure so many hosts of each value of that label at the same time: rack=2 (default: all)',
      hostsAtOnce,
    )
    .addOption(unavailableOption('silent', 'wait'))
    .addOption(unavailableOption('draining', 'skip'))
    .addOption(unavailableOption('quarantined', 'skip'))
    .option('--label <name=value>', 'for xf jobs --label and selectors of runs: job.<name> (repeatable)', labelled);
}

export function registerSubmit(verb: Command, context: Context): void {
  jobOptions(verb)
    .option('--seed <n>', "of shuffling and simulated noise; repeats a job's runs (default: from its id)", wholeNumber)
    .option('--name <text>', 'a name for people')
    .option('--idempotency-key <key>', 'the same key gives the same job instead of a second one')
    .option('--watch', 'follow the job until it ends')
    .action(async (options: SubmitOptions, command: Command) => {
      const client = await clientFor(context, command);
      const { idempotencyKey, watch } = options;
      const asked = { spec: specFrom(options), watch: watch === true, ...given({ idempotencyKey }) };
      await submitSpec(context, command, client, asked);
    });
}

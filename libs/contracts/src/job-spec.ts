import * as z from 'zod';
import { guestSchema, matrixSchema } from './guest.js';
import { labelKeySchema, operatorLabelsSchema } from './host.js';
import { unavailableSchema } from './host-state.js';
import { hostIdSchema } from './ids.js';
import { limits } from './limits.js';
import { executorOf, guestExecutors } from './executors.js';
import { executorSchema, probeSchema } from './names.js';
import { selectorSchema } from './selector.js';
import { int32Schema, textSchema } from './stored.js';

export const prioritySchema = z.enum(['high', 'normal', 'low']);
export type Priority = z.infer<typeof prioritySchema>;

/**
 * - `interleaved`: one run of every (host, cell, probe) in turn, those of a host in seeded random order in each turn
 *   (randomised blocks), so that neither slow drift nor a rhythm of the machine falls on one of them. The default.
 * - `sequential`: all runs of one (host, cell, probe) before the next.
 * - `shuffled`: a seeded random order.
 */
export const runOrderSchema = z.enum(['interleaved', 'sequential', 'shuffled']);
export type RunOrder = z.infer<typeof runOrderSchema>;

/** How many hosts of each value of a label may be measured at the same time: two of each rack. */
export const atOnceSchema = z.strictObject({
  label: labelKeySchema,
  hosts: z.int().min(1).max(limits.hostsPerJob),
});
export type AtOnce = z.infer<typeof atOnceSchema>;

const seedSchema = z.int().min(0).max(0xffff_ffff);

/** What holds where a job does not say it. */
export const jobDefaults = {
  faults: 10_000,
  warmup: 1_000,
  runsPerHost: 10,
  order: 'interleaved',
  timeoutMs: 60_000,
  priority: 'normal',
} as const;

/** What a person submits. Hosts are named either by `selector` or by `hosts`, never both. */
export const jobSpecSchema = z
  .strictObject({
    name: textSchema(1, 200).optional(),
    /** For people and for selectors: `xf jobs --label team=kernel`, `xf runs --selector job.team=kernel`. `xf label` changes them later. */
    labels: operatorLabelsSchema.optional(),
    selector: selectorSchema.optional(),
    hosts: z.array(hostIdSchema).min(1).max(limits.hostsPerJob).optional(),
    /**
     * Hosts where nothing changes, measured beside those that are asked about, so that a comparison with an earlier or a later job can take
     * out what happened to all of them meanwhile (`control` of a comparison).
     */
    control: selectorSchema.optional(),
    /** Probes to run; left out, pf where a host's executor serves it, else what it measures by default (`catalogue.ts`). */
    probes: z.array(probeSchema).min(1).optional(),
    /** The executor to use; left out, each host's first capability that serves the probes. */
    executor: executorSchema.optional(),
    /** Measured faults (or system calls) a run. */
    faults: z.int().min(1).max(limits.faultsPerRun).default(jobDefaults.faults),
    /** Unrecorded faults before the first measured one. */
    warmup: z.int().min(0).max(limits.warmupPerRun).default(jobDefaults.warmup),
    /** Guests to run in, every combination of the values. Only an executor that boots guests can be used then. */
    matrix: matrixSchema.optional(),
    /** Runs of each probe on each host, and of each cell of the matrix when there is one. */
    runsPerHost: z.int().min(1).max(limits.runsPerHost).default(jobDefaults.runsPerHost),
    order: runOrderSchema.default(jobDefaults.order),
    /** Jobs with a limit on the same label share its places (docs/schedules.md). Left out, all hosts are measured at the same time. */
    atOnce: atOnceSchema.optional(),
    timeoutMs: z.int().min(limits.timeoutMsMin).max(limits.timeoutMsMax).default(jobDefaults.timeoutMs),
    priority: prioritySchema.default(jobDefaults.priority),
    /**
     * What becomes of chosen hosts that can't begin their runs when the job is submitted, by their state: their runs wait, they are left
     * out and named, or the job is refused. Left out: `silent` ones wait, `draining` and `quarantined` ones are left out.
     */
    unavailable: unavailableSchema.optional(),
    /**
     * Seeds the order within blocks, the shuffled order and simulated noise. Left out, it is derived from the job's id, so that the same job
     * submitted again gives new runs; given, it repeats a job's simulated runs to the byte.
     */
    seed: seedSchema.optional(),
  })
  .superRefine((spec, context) => {
    if ((spec.selector === undefined) === (spec.hosts === undefined)) {
      context.addIssue({
        code: 'custom',
        path: [spec.selector === undefined ? 'selector' : 'hosts'],
        message: 'name the hosts by exactly one of "selector" (for example "*") and "hosts" (a list of host ids)',
      });
    }
    if (spec.matrix !== undefined && spec.executor !== undefined && !executorOf(spec.executor).bootsGuests) {
      const message = `a matrix is a matrix of guests, which only executor ${guestExecutors.join(' or ')} boots; leave executor out or set it to ${guestExecutors.join(' or ')}`;
      context.addIssue({ code: 'custom', path: ['executor'], message });
    }
  });
export type JobSpec = z.infer<typeof jobSpecSchema>;
export type JobSpecInput = z.input<typeof jobSpecSchema>;

/** A job as it was accepted: its seed is settled, so that whoever reads it can repeat it. */
export const acceptedJobSpecSchema = jobSpecSchema.safeExtend({ seed: seedSchema });
export type AcceptedJobSpec = z.infer<typeof acceptedJobSpecSchema>;

/** One run as the job plans it, in the order in which runs are queued. */
export const plannedRunSchema = z.object({
  runId: z.uuid(),
  hostId: hostIdSchema,
  executor: executorSchema,
  probe: probeSchema,
  /** 0-based count of this (host, cell, probe)'s runs in the job. */
  replicate: int32Schema,
  /** The cell of the job's matrix; absent when the job has none. */
  guest: guestSchema.optional(),
});
export type PlannedRun = z.infer<typeof plannedRunSchema>;

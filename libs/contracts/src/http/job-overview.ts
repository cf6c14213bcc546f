import * as z from 'zod';
import { failureSchema } from '../events/run-events.js';
import { hostIdSchema, uuidSchema } from '../ids.js';
import { executorSchema, probeSchema } from '../names.js';
import { jobResultRowSchema } from './results.js';

/** A host whose median lies far from those of its group. */
export const oddHostSchema = z.object({
  hostId: hostIdSchema,
  p50Cycles: z.number(),
  p50Ns: z.number().nullable(),
  /** Its median over the group's. */
  ratio: z.number(),
});

/**
 * Rows of a job's result that have everything in common but host, microcode and the like. Every row weighs the same: p50
 * is the median of their medians, p99 that of their 99th percentiles.
 */
export const jobGroupSchema = jobResultRowSchema
  .pick({
    generation: true,
    virtualization: true,
    kernel: true,
    kpti: true,
    cpuModel: true,
    bootOptions: true,
    executor: true,
    probe: true,
    metric: true,
    provenance: true,
    runs: true,
    samples: true,
    lost: true,
  })
  .extend({
    hosts: z.int(),
    /** TSC cycles; null where the clocks tick at different rates: their cycles are not the same length. */
    p50Cycles: z.number().nullable(),
    p99Cycles: z.number().nullable(),
    /** Null when a TSC's rate is not known. */
    p50Ns: z.number().nullable(),
    /** The lowest and the highest median of a row over the group's: of nanoseconds where they are known, else of cycles. */
    lowestRatio: z.number(),
    highestRatio: z.number(),
    /** Those farthest from the group's median first, and how many there are in all. */
    odd: z.array(oddHostSchema),
    oddHosts: z.int(),
    /** Hosts whose runs were not on a quiet machine, and those above the noise limit. */
    noisyHosts: z.int(),
    flaggedHosts: z.int(),
  });
export type JobGroup = z.infer<typeof jobGroupSchema>;

/** Runs that gave no result for one reason, on however many hosts. */
export const jobFailureGroupSchema = z.object({
  probe: probeSchema,
  executor: executorSchema,
  state: z.enum(['failed', 'abandoned']),
  /** As the first of them says it; others may name another file or figure. */
  failure: failureSchema.nullable(),
  runs: z.int(),
  hosts: z.int(),
  /** The first of them. */
  hostIds: z.array(hostIdSchema),
});

/** GET /v1/jobs/:id/overview: a job's result for people, as long as what varies is, not as the fleet is. */
export const jobOverviewSchema = z.object({
  jobId: uuidSchema,
  groups: z.array(jobGroupSchema),
  failures: z.array(jobFailureGroupSchema),
  /** Rows, and rows of failures, that /v1/jobs/:id/results has. */
  rows: z.int(),
  failureRows: z.int(),
});
export type JobOverview = z.infer<typeof jobOverviewSchema>;

import * as z from 'zod';
import { hostIdSchema } from '../ids.js';
import { outOfServiceSchema } from './hosts.js';
import { metricSchema, probeSchema } from '../names.js';

const hostsSchema = z.object({
  hosts: z.int(),
  online: z.int().describe('whose worker was heard of within three heartbeats'),
  silent: z.int().describe('whose worker was heard of before, and not within the last three heartbeats'),
  never: z.int().describe('of which no worker was ever heard: imported ones and those of a demo'),
  draining: z.int().default(0).describe('that take no new runs; a person said so'),
  quarantined: z.int().default(0).describe('that take no runs; a person or a rule said so'),
  noisy: z.int().describe('with a series of noise grade D'),
  measured: z.int().describe('with a completed run in the last `measuredDays` days'),
});

/** GET /v1/fleet: what the fleet is, and what of it wants looking at. */
export const fleetViewSchema = z.object({
  ...hostsSchema.shape,
  measuredDays: z.int().describe('days (UTC) that count as lately measured'),
  generations: z.array(z.object({ generation: z.string(), ...hostsSchema.shape })).describe('by name'),
  silentHosts: z
    .array(z.object({ hostId: hostIdSchema, workerId: z.string(), seenAt: z.iso.datetime() }))
    .describe('those that fell silent last, at most 10'),
  outOfServiceHosts: z
    .array(z.object({ hostId: hostIdSchema, ...outOfServiceSchema.shape }))
    .default([])
    .describe('draining and quarantined ones, the latest first, at most 10'),
  noisyHosts: z
    .array(z.object({ hostId: hostIdSchema, probe: probeSchema, metric: metricSchema, floor: z.number() }))
    .describe('the noisiest, each by its noisiest series, at most 10; floor is a share of the level'),
  unmeasuredHosts: z
    .array(z.object({ hostId: hostIdSchema, lastDay: z.iso.date().nullable() }))
    .describe('those that have gone longest without a run, at most 10; null where there was never one'),
});
export type FleetView = z.infer<typeof fleetViewSchema>;

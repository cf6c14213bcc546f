import * as z from 'zod';
import { capabilitySchema, hostDescriptionSchema, labelsSchema } from '../host.js';
import { bootStateSchema } from '../boot-state.js';
import { hostServiceSchema, hostStateSchema, quarantineRuleSchema } from '../host-state.js';
import { hostIdSchema, uuidSchema, workerIdSchema } from '../ids.js';
import { acceptedContractVersions, acceptedText } from '../contract-versions.js';
import { int32Schema } from '../stored.js';
import { executorSchema, provenanceSchema } from '../names.js';
import { noiseFloorSchema } from './noise-floor.js';

const workerContractSchema = z.literal(acceptedContractVersions, {
  error: `this coordinator serves workers of contract versions ${acceptedText}; run one of its release`,
});

/** Drawn once for each state folder of a worker: tells one that restarted from another under the same id. */
const instanceIdSchema = uuidSchema;
/** Drawn at each start: the latest process of an instance serves, so that two of a copied state folder never both do. */
const sessionIdSchema = uuidSchema;

/** A worker announces itself and the hosts it serves (PUT /v1/workers/:workerId). */
export const workerRegistrationSchema = z.strictObject({
  contractVersion: workerContractSchema,
  instanceId: instanceIdSchema,
  sessionId: sessionIdSchema,
  /** The operator says that hosts may have become other machines under their names. */
  replace: z.boolean().default(false),
  /**
   * SHA-256, as hex, of the token that the worker shows the database (docs/security.md). Left out: this worker only says
   * what its hosts are, and can neither read nor write runs.
   */
  tokenHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 as 64 lower-case hex digits')
    .optional(),
  hosts: z.array(hostDescriptionSchema).min(1).max(10_000),
});
export type WorkerRegistration = z.infer<typeof workerRegistrationSchema>;
export const workerRegistrationReplySchema = z.object({
  heartbeatMs: z.int(),
  leaseMs: z.int(),
  /** Hosts of it that were removed, and stay so until somebody restores them. Left out where there is none. */
  removed: z.array(hostIdSchema).optional(),
});

/** A worker says that it lives and which attempts it is working on (POST /v1/workers/:workerId/heartbeat). */
export const heartbeatSchema = z.strictObject({
  contractVersion: workerContractSchema,
  instanceId: instanceIdSchema,
  sessionId: sessionIdSchema,
  hosts: z.array(hostIdSchema).min(1).max(10_000),
  attempts: z.array(z.strictObject({ runId: uuidSchema, attempt: int32Schema.min(1) })).max(10_000),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;
/** Attempts that the worker must stop: cancelled or superseded. */
export const heartbeatReplySchema = z.object({ stop: z.array(z.object({ runId: uuidSchema, attempt: z.int() })) });
export type HeartbeatReply = z.infer<typeof heartbeatReplySchema>;

/** Why a host is out of service, and since when. */
export const outOfServiceSchema = z.object({
  state: hostServiceSchema.exclude(['in-service']),
  since: z.iso.datetime(),
  by: z.string().describe('who said so'),
  reason: z.string(),
  rule: quarantineRuleSchema.nullable().describe('the rule that quarantined it; null where a person did'),
});
export type OutOfService = z.infer<typeof outOfServiceSchema>;

export const hostViewSchema = z.object({
  hostId: hostIdSchema,
  workerId: workerIdSchema,
  labels: labelsSchema,
  capabilities: z.array(capabilitySchema),
  bootState: bootStateSchema,
  bootStateHash: z.string(),
  registeredAt: z.iso.datetime(),
  /** Of its worker; null when that has never registered with this database. */
  contractVersion: z.int().nullable(),
  /** Last heartbeat, or null when none was seen since registration. */
  seenAt: z.iso.datetime().nullable(),
  /** Left out by earlier releases. */
  state: hostStateSchema.optional(),
  outOfService: outOfServiceSchema.optional().describe('of a host that is draining, quarantined or removed'),
  /** Of each series that was measured on it. */
  noiseFloors: z.array(noiseFloorSchema).default([]),
});
export type HostView = z.infer<typeof hostViewSchema>;

/** Hosts that have the values of some labels and facts in common. */
export const hostGroupSchema = z.object({
  values: z.record(z.string(), z.string().nullable()).describe('by field; null where it is not known'),
  hosts: z.int(),
  online: z.int().describe('whose worker was heard of within three heartbeats'),
  silent: z.int().describe('whose worker was heard of before, and not within the last three heartbeats'),
  never: z.int().describe('of which no worker was ever heard'),
  draining: z.int().default(0).describe('that take no new runs; a person said so'),
  quarantined: z.int().default(0).describe('that take no runs; a person or a rule said so'),
  grades: z
    .object({ A: z.int(), B: z.int(), C: z.int(), D: z.int(), unknown: z.int() })
    .describe('hosts by the noise grade of their noisiest series'),
});
export type HostGroup = z.infer<typeof hostGroupSchema>;

/** GET /v1/host-groups */
export const hostGroupsSchema = z.object({
  by: z.array(z.string()).describe('under today’s names'),
  items: z.array(hostGroupSchema).describe('in the order of their values, at most 1,000'),
  cut: z.boolean().describe('whether there are more groups than that'),
});
export type HostGroups = z.infer<typeof hostGroupsSchema>;

/** One stretch of time in which an executor's runs on a host had the same boot state. */
export const bootSpanSchema = z.object({
  executor: executorSchema,
  provenance: provenanceSchema,
  bootStateHash: z.string(),
  from: z.iso.datetime().describe('when the first run under it ended'),
  to: z.iso.datetime().describe('when the last run under it ended'),
  changed: z
    .array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() }))
    .describe('what differs from the boot state before it; empty for the first'),
});
export type BootSpan = z.infer<typeof bootSpanSchema>;

/** GET /v1/hosts/:id/boot-states: those that its runs had, oldest first. */
export const hostBootStatesSchema = z.object({
  hostId: hostIdSchema,
  items: z.array(bootSpanSchema),
  cut: z.boolean().describe('whether there are older ones than the 200 that are given'),
});
export type HostBootStates = z.infer<typeof hostBootStatesSchema>;

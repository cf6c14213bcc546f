import * as z from 'zod';
import { bootStateSchema } from '../boot-state.js';
import { capabilitySchema, labelsSchema } from '../host.js';
import { hostReasonSchema, hostServiceSchema, quarantineRuleSchema } from '../host-state.js';
import { hostIdSchema, workerIdSchema } from '../ids.js';

/** A host is known from here on. Labels are the operator's plus the derived ones. */
export const hostRegisteredV1 = z.object({
  hostId: hostIdSchema,
  workerId: workerIdSchema,
  labels: labelsSchema,
  capabilities: z.array(capabilitySchema),
  bootState: bootStateSchema,
  bootStateHash: z.string(),
});

/** A known host came back with other labels, capabilities or boot state. */
export const hostFactsChangedV1 = hostRegisteredV1.extend({
  /** Names of the top-level boot-state fields, or `labels`, `capabilities`, `workerId`, that differ. */
  changed: z.array(z.string()).min(1),
});

const saidOfHost = z.object({ hostId: hostIdSchema, reason: hostReasonSchema });

/** A host takes no new runs; one that has begun goes on. */
export const hostDrainedV1 = saidOfHost;

/** A host takes no runs until somebody releases it. */
export const hostQuarantinedV1 = saidOfHost.extend({
  /** Null: a person did. */
  rule: quarantineRuleSchema.nullable(),
});

/** A host is gone for good: no selector of a job finds it. Its history stays. */
export const hostRemovedV1 = saidOfHost;

/** A host is in service again. */
export const hostReturnedV1 = saidOfHost.extend({ from: hostServiceSchema.exclude(['in-service']) });

/** By the kind of stream that they stand in. */
export const hostEvents = {
  host: {
    HostRegistered: hostRegisteredV1,
    HostFactsChanged: hostFactsChangedV1,
    HostDrained: hostDrainedV1,
    HostQuarantined: hostQuarantinedV1,
    HostRemoved: hostRemovedV1,
    HostReturned: hostReturnedV1,
  },
} as const;

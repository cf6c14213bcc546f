import { z } from 'zod';
import { bootStateSchema } from '../boot-state.js';
import { capabilitySchema, labelsSchema } from '../host.js';
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

/** By the kind of stream that they stand in. */
export const hostEvents = { host: { HostRegistered: hostRegisteredV1, HostFactsChanged: hostFactsChangedV1 } } as const;

import * as z from 'zod';
import { confirmationFiguresSchema, findingNoteSchema, movementSchema } from '../finding.js';
import { hostIdSchema, uuidSchema } from '../ids.js';
import { int32Schema, textSchema } from '../stored.js';

const findingId = uuidSchema;
const reason = textSchema(1, 1_000);
/** 1-based: a suspicion is tried a few times, weeks apart. */
const tryNumber = int32Schema.min(1);

/**
 * Fingerprint of the days that a finding rests on, from the one to the other: tells late and re-derived runs from a change that came to
 * an end.
 */
export const findingBasisSchema = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});
export type FindingBasis = z.infer<typeof findingBasisSchema>;

/** A look at the days of the fleet found a change that nothing known explains; also one that had been withdrawn. */
export const regressionSuspectedV1 = z.object({ findingId, movement: movementSchema, basis: findingBasisSchema });

/** A later look sees it otherwise: hosts joined it, its date settled, a step proved to be a creep. */
export const regressionRevisedV1 = z.object({ findingId, movement: movementSchema, basis: findingBasisSchema, reason });

/** It can't be measured again for now. Told once for a reason. */
export const confirmationHeldUpV1 = z.object({ findingId, reason });

/** Fresh runs were asked for: its hosts, interleaved with control hosts that did not move. */
export const confirmationAskedV1 = z.object({
  findingId,
  try: tryNumber,
  jobId: uuidSchema,
  hosts: z.array(hostIdSchema).min(1),
  controlHosts: z.array(hostIdSchema),
  /** Of each run: as many as its hosts' runs had before. */
  faults: int32Schema.min(1),
});

/** Fresh runs bear it out. Noise, which needs no run to be seen, has no confirmation. */
export const regressionDetectedV1 = z.object({
  findingId,
  try: tryNumber.nullable(),
  jobId: uuidSchema.nullable(),
  figures: confirmationFiguresSchema.nullable(),
});

/** Fresh runs do not bear it out. */
export const regressionNotConfirmedV1 = z.object({
  findingId,
  try: tryNumber,
  jobId: uuidSchema,
  figures: confirmationFiguresSchema,
  /** How often it is tried again, if it is still there. */
  triesLeft: int32Schema,
});

/** Somebody has seen it. Who says it is the event's actor, as of all that follow. */
export const regressionAcknowledgedV1 = z.object({ findingId, note: findingNoteSchema.nullable() });
/** It is meant to be so. */
export const regressionExpectedV1 = z.object({ findingId, note: findingNoteSchema });
export const regressionMutedV1 = z.object({ findingId, until: z.iso.datetime(), note: findingNoteSchema });
/** Its end has come. */
export const regressionUnmutedV1 = z.object({ findingId });
/** Whatever was said of it no longer holds. */
export const regressionReopenedV1 = z.object({ findingId, note: findingNoteSchema });
/** It is gone; `byItself`: a look saw that its hosts are back where they were. */
export const regressionResolvedV1 = z.object({ findingId, byItself: z.boolean(), note: findingNoteSchema });
/**
 * What it rested on is not there any more: runs came late or were derived again, or further days did not bear it out. `wentAway`: the change
 * came to its end before fresh runs confirmed it; the days that it was in stay as they are, and don't bring it back.
 */
export const regressionWithdrawnV1 = z.object({ findingId, reason, wentAway: z.boolean().optional() });

/** By the kind of stream that they stand in. */
export const findingEvents = {
  finding: {
    RegressionSuspected: regressionSuspectedV1,
    RegressionRevised: regressionRevisedV1,
    ConfirmationHeldUp: confirmationHeldUpV1,
    ConfirmationAsked: confirmationAskedV1,
    RegressionDetected: regressionDetectedV1,
    RegressionNotConfirmed: regressionNotConfirmedV1,
    RegressionAcknowledged: regressionAcknowledgedV1,
    RegressionExpected: regressionExpectedV1,
    RegressionMuted: regressionMutedV1,
    RegressionUnmuted: regressionUnmutedV1,
    RegressionReopened: regressionReopenedV1,
    RegressionResolved: regressionResolvedV1,
    RegressionWithdrawn: regressionWithdrawnV1,
  },
} as const;

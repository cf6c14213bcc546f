import * as z from 'zod';
import { uuidSchema } from '../ids.js';
import { scheduleNameSchema, scheduleNoteSchema, scheduleSpecSchema } from '../schedule.js';
import { int32Schema, textSchema } from '../stored.js';

const name = scheduleNameSchema;
/** A time at which its cron expression has it, without jitter. */
const dueAt = z.iso.datetime();
/** Times before it that nobody was there for; counted up to 1,000. */
const missed = int32Schema;

/** What was due until then is not made up for. */
const from = z.iso.datetime();

/** It is so from then on: new, changed, or made again after it was removed. */
export const scheduleSetV1 = z.object({ name, spec: scheduleSpecSchema, from });
export const schedulePausedV1 = z.object({ name, note: scheduleNoteSchema.nullable() });
export const scheduleResumedV1 = z.object({ name, from });
export const scheduleRemovedV1 = z.object({ name, note: scheduleNoteSchema.nullable() });

/** A job was submitted for a time. */
export const scheduleFiredV1 = z.object({ name, dueAt, jobId: uuidSchema, missed });
/** None was. */
export const scheduleSkippedV1 = z.object({ name, dueAt, reason: textSchema(1, 1_000), missed });

/** By the kind of stream that they stand in. */
export const scheduleEvents = {
  schedule: {
    ScheduleSet: scheduleSetV1,
    SchedulePaused: schedulePausedV1,
    ScheduleResumed: scheduleResumedV1,
    ScheduleRemoved: scheduleRemovedV1,
    ScheduleFired: scheduleFiredV1,
    ScheduleSkipped: scheduleSkippedV1,
  },
} as const;

import * as z from 'zod';
import { uuidSchema } from '../ids.js';
import { scheduleNameSchema, scheduleNoteSchema, scheduleSpecSchema, scheduleStateSchema } from '../schedule.js';
import { pageOf, pageQuerySchema } from './page.js';

/** GET /v1/schedules: by name. */
export const schedulesQuerySchema = z.strictObject({
  ...pageQuerySchema.shape,
  state: scheduleStateSchema.optional().describe('left out, all but removed ones'),
});
export type SchedulesQuery = z.infer<typeof schedulesQuerySchema>;

export const scheduleViewSchema = z.object({
  name: scheduleNameSchema,
  state: scheduleStateSchema,
  spec: scheduleSpecSchema,
  setBy: z.string().describe('who made or changed it last'),
  setAt: z.iso.datetime().describe('when'),
  paused: z
    .object({ by: z.string(), at: z.iso.datetime(), note: z.string().nullable() })
    .nullable()
    .describe('who paused it and when; null unless it is paused'),
  last: z
    .object({
      dueAt: z.iso.datetime().describe('the time, without jitter'),
      at: z.iso.datetime().describe('when it was settled'),
      jobId: uuidSchema.nullable(),
      skipped: z.string().nullable().describe('why no job was submitted'),
      missed: z.int().describe('times before it that nobody was there for, up to 1,000'),
    })
    .nullable()
    .describe('the latest time that came'),
  nextAt: z.iso.datetime().nullable().describe('when the next job is submitted, jitter included; null where none is'),
});
export type ScheduleView = z.infer<typeof scheduleViewSchema>;
export const schedulesSchema = pageOf(scheduleViewSchema);

/** GET /v1/schedules/:name */
export const scheduleDetailSchema = scheduleViewSchema.extend({
  next: z.array(z.iso.datetime()).describe('the next five'),
  history: z
    .array(z.object({ event: z.string(), at: z.iso.datetime(), by: z.string(), text: z.string() }))
    .describe('newest first, 100 at most'),
});
export type ScheduleDetail = z.infer<typeof scheduleDetailSchema>;

/** POST /v1/schedules/:name/pause; DELETE /v1/schedules/:name takes none. */
export const pauseScheduleSchema = z.strictObject({ note: scheduleNoteSchema.optional() });

import * as z from 'zod';
import { jobSpecSchema } from './job-spec.js';
import { textSchema } from './stored.js';

/** Names a schedule for ever: its stream, its page, the jobs that it submits. */
export const scheduleNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'must be 1 to 63 of a-z, 0-9, dot, hyphen and underscore, and begin with a letter or a digit: nightly, rack-7',
  );

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day: 08:00, 23:30');

/** Hours of a week, in the schedule's time zone. `to` before `from`, or the same, is on the day after. */
export const weeklyBlackoutSchema = z.strictObject({
  days: z.array(z.enum(weekdays)).min(1).max(7).optional().describe('on which it begins; left out, every day'),
  from: timeOfDay,
  to: timeOfDay,
});
/** A span of time, for example a freeze before a launch. */
export const datedBlackoutSchema = z
  .strictObject({ after: z.iso.datetime({ offset: true }), before: z.iso.datetime({ offset: true }) })
  .refine(({ after, before }) => Date.parse(after) < Date.parse(before), {
    path: ['before'],
    message: 'must be later than "after"',
  });
export const blackoutSchema = z.union([weeklyBlackoutSchema, datedBlackoutSchema]);
export type Blackout = z.infer<typeof blackoutSchema>;

/**
 * What becomes of a time that nobody was there for, because no coordinator ran: `latest` submits one job for all that were missed, as soon as one
 * runs again; `skip` none.
 */
export const catchUpSchema = z.enum(['latest', 'skip']);
/** What becomes of a time at which the job of the time before has not ended. */
export const overlapSchema = z.enum(['skip', 'allow']);

const timeZoneSchema = z.string().max(64).refine(isTimeZone, {
  message:
    'is no time zone that this machine knows; write one of the IANA database: Europe/Berlin, America/New_York, UTC',
});

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** Which job is submitted, and when. Its seed is each job's own: given, simulated hosts would give the same runs every time. */
export const scheduleSpecSchema = z.strictObject({
  job: jobSpecSchema
    .superRefine(({ seed, name }, context) => {
      const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
      if (seed !== undefined)
        refuse('seed', 'leave it out: the same seed each time would give the same simulated runs');
      if (name !== undefined) refuse('name', 'leave it out: a job is named by its schedule and the time it is due');
    })
    .describe('what is submitted each time, but for a name and a seed'),
  cron: z
    .string()
    .max(200)
    .describe('five fields: minute, hour, day of month, month, day of week; "0 2 * * *" is every night at two'),
  timeZone: timeZoneSchema.default('UTC').describe('by whose clock it is due: a name of the IANA database'),
  jitterMinutes: z
    .int()
    .min(0)
    .max(720)
    .default(0)
    .describe('each job is submitted up to so much later than due, by chance'),
  blackouts: z
    .array(blackoutSchema)
    .max(50)
    .default([])
    .describe('times in which no job is submitted; they are skipped'),
  catchUp: catchUpSchema.default('latest').describe('what becomes of times at which no coordinator ran'),
  overlap: overlapSchema.default('skip').describe('what becomes of a time at which the job before has not ended'),
});
export type ScheduleSpec = z.infer<typeof scheduleSpecSchema>;
export type ScheduleSpecInput = z.input<typeof scheduleSpecSchema>;

export const scheduleNoteSchema = textSchema(1, 1_000);
export const scheduleStateSchema = z.enum(['active', 'paused', 'removed']);
export type ScheduleState = z.infer<typeof scheduleStateSchema>;

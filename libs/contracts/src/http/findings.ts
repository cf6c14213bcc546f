import * as z from 'zod';
import {
  confirmationFiguresSchema,
  findingNoteSchema,
  findingStateSchema,
  type FindingState,
  movementSchema,
} from '../finding.js';
import { hostIdSchema, idEndingSchema, uuidSchema } from '../ids.js';
import { int32Schema } from '../stored.js';
import { momentSchema, readMoment } from './moment-schema.js';
import { pageOf, pageQuerySchema } from './page.js';

const dayMs = 86_400_000;

/** What is somebody's business now: confirmed, still there, and not meant to be so. */
export const currentFindings: readonly FindingState[] = ['open', 'acknowledged', 'muted'];

const statesSchema = z
  .string()
  .max(200)
  .default(currentFindings.join(','))
  .describe(`states, separated by commas: ${findingStateSchema.options.join(', ')}; or all`)
  .transform((text, context): readonly FindingState[] => {
    const words = text.split(',').map((word) => word.trim());
    if (words.includes('all')) return findingStateSchema.options;
    const unknown = words.find((word) => !findingStateSchema.safeParse(word).success);
    if (unknown === undefined) return words as FindingState[];
    const message = `"${unknown}" is not a state; there are ${findingStateSchema.options.join(', ')}, or all`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** GET /v1/regressions: findings, the newest change first. */
export const findingsQuerySchema = z.strictObject({
  ...pageQuerySchema.shape,
  state: statesSchema,
  host: hostIdSchema.optional().describe('only those of this host'),
  generation: z.string().max(100).optional().describe('only those of hosts of this generation'),
  since: momentSchema.optional().describe('changes from then on: 90d, 2026-11-20'),
  ending: idEndingSchema.optional(),
});
export type FindingsQuery = z.infer<typeof findingsQuerySchema>;

const saidSchema = z.object({ by: z.string(), at: z.iso.datetime(), note: z.string().nullable() });

export const findingViewSchema = z.object({
  findingId: uuidSchema,
  state: findingStateSchema,
  ...movementSchema.shape,
  suspectedAt: z.iso.datetime(),
  confirmedAt: z.iso.datetime().nullable(),
  changedAt: z.iso.datetime().describe('when something was last said of it'),
  heldUp: z.string().nullable().describe('of a suspected one: why it is not being confirmed, in one sentence'),
  confirmation: z
    .object({
      jobId: uuidSchema,
      try: int32Schema,
      hosts: z.array(hostIdSchema),
      controlHosts: z.array(hostIdSchema),
      askedAt: z.iso.datetime(),
      figures: confirmationFiguresSchema.nullable().describe('null while its job is under way'),
    })
    .nullable()
    .describe('the latest fresh runs of it'),
  acknowledged: saidSchema.nullable(),
  expected: saidSchema.nullable(),
  muted: saidSchema.extend({ until: z.iso.datetime() }).nullable(),
  resolved: saidSchema.extend({ byItself: z.boolean() }).nullable(),
  withdrawn: z.object({ at: z.iso.datetime(), reason: z.string() }).nullable(),
});
export type FindingView = z.infer<typeof findingViewSchema>;

export const findingsSchema = pageOf(findingViewSchema).extend({
  counts: z
    .record(findingStateSchema, z.int())
    .describe('findings in each state that answer to the rest of the question'),
});
export type Findings = z.infer<typeof findingsSchema>;

/** GET /v1/regressions/:findingId */
export const findingDetailSchema = findingViewSchema.extend({
  history: z
    .array(
      z.object({
        event: z.string().describe('the event’s type'),
        at: z.iso.datetime(),
        by: z.string(),
        text: z.string().describe('what happened, in one sentence'),
      }),
    )
    .describe('oldest first'),
  levels: z
    .array(
      z.object({
        hostId: hostIdSchema,
        unit: z.enum(['ns', 'cycles']),
        days: z.array(
          z.object({
            day: z.iso.date().describe('in UTC, by the end of the runs'),
            bootStateHash: z.string(),
            level: z.number().describe('the geometric mean of the runs’ grouped medians'),
            median: z.number().describe('of the day’s runs, which a coarse clock’s steps round'),
          }),
        ),
      }),
    )
    .describe('its first hosts’ days about the change in the levels that looks judge them by'),
  trends: z
    .string()
    .describe('the medians of its hosts about the change, a series a host: path and query of GET /v1/trends'),
  commands: z.object({
    trends: z.string(),
    compare: z
      .string()
      .nullable()
      .describe('its fresh runs against the days before, with their control; null before there are any'),
  }),
});
export type FindingDetail = z.infer<typeof findingDetailSchema>;

/** POST /v1/regressions/:findingId/acknowledge */
export const acknowledgeSchema = z.strictObject({ note: findingNoteSchema.optional() });
/** POST …/expected, …/reopen, …/resolve */
export const notedSchema = z.strictObject({ note: findingNoteSchema });

const longestMuteDays = 366;

/** POST …/mute; `until` is a length of time from now on (14d, 8h) or a moment. */
export const muteSchema = z.strictObject({
  note: findingNoteSchema,
  until: z
    .string()
    .max(64)
    .transform((text, context) => {
      const now = Date.now();
      const said = readMoment(text, context);
      if (Number.isNaN(said)) return '';
      const until = /^\d+[mhdw]$/.test(text) ? 2 * now - said : said;
      if (until <= now) context.addIssue({ code: 'custom', message: `${text} is over; name a time to come, or 14d` });
      else if (until - now > longestMuteDays * dayMs)
        context.addIssue({ code: 'custom', message: `a finding is muted for ${longestMuteDays} days at most` });
      return new Date(until).toISOString();
    })
    .describe('14d, 8h, 2026-12-24'),
});

/** POST /v1/regressions/look */
export const lookRequestSchema = z.strictObject({
  since: z
    .string()
    .max(64)
    .transform((text, context) => {
      const since = readMoment(text, context);
      if (Date.now() - since > 1_830 * dayMs)
        context.addIssue({ code: 'custom', message: 'a look goes back 1,830 days at most' });
      return since;
    })
    .optional()
    .describe('looks back so far, as looks at the time would have: 365d, 2026-01-01; left out, at the last 100 days'),
});

/** A look at the whole fleet for changes without a known cause. */
export const lookSchema = z.object({
  lookId: uuidSchema,
  state: z.enum(['asked', 'running', 'done', 'failed']),
  by: z.string(),
  since: z.iso.datetime().describe('how far it looks back; when it was asked for: at the last 100 days only'),
  askedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  series: z.int().nullable().describe('that were looked at'),
  tooShort: z.int().nullable().describe('series that have no segment of six days in this time'),
  found: z.int().nullable().describe('changes that it saw, known ones among them'),
  newFindings: z.int().nullable(),
  failure: z.string().nullable(),
});
export type Look = z.infer<typeof lookSchema>;

/** GET and POST /v1/regressions/look */
export const looksSchema = z.object({
  latest: lookSchema.nullable().describe('the one that was asked for last'),
  nextAt: z.iso.datetime().nullable().describe('when the fleet looks by itself; null where it does not'),
});
export type Looks = z.infer<typeof looksSchema>;

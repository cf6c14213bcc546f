import * as z from 'zod';
import {
  capabilitySchema,
  idEndingSchema,
  jobOutcomeSchema,
  type JobSpec,
  jobStateSchema,
  jobStream,
  type JobView,
  type Page,
  labelsSchema,
  momentSchema,
  pageQuerySchema,
  parseSelector,
  selectable,
  selectorSchema,
  textSchema,
  uuidSchema,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import type { PlannableHost } from '#lifecycle';
import { refuseNoTime } from '../http/no-time.js';
import { toPage } from '../http/cursor.js';
import { contains, type Order, ordered, searchSchema, sortSchema } from '../http/order.js';
import { notFound, refusedAll } from '../problems/problem.js';
import { labelFilter } from '../selectors/label-filter.js';
import { nearest } from '../selectors/nearest.js';
import { hostState, hostsWithState } from '../hosts/host-state.js';
import { checkJobLabels } from '../selectors/said-labels.js';
import { subjectFilter } from '../selectors/subject-filter.js';
import { viewFolded } from '../view-folded.js';
import { type HostStanding, hostsWaitedFor, stateSince } from './hosts-waited-for.js';
import { type JobRow, type TallyRow, viewOfRow, viewOfStream } from './job-view.js';

const orders = {
  submitted: { by: Prisma.sql`submitted_at`, as: 'time' },
  ended: { by: Prisma.sql`coalesce(ended_at, 'epoch')`, as: 'time' },
  name: { by: Prisma.sql`coalesce(spec ->> 'name', '') COLLATE "C"`, as: 'text' },
  user: { by: Prisma.sql`submitted_by COLLATE "C"`, as: 'text' },
  runs: { by: Prisma.sql`runs_total`, as: 'number' },
} as const satisfies Record<string, Order>;
const orderNames = Object.keys(orders) as (keyof typeof orders)[];

export const jobListQuerySchema = z
  .strictObject({
    ...pageQuerySchema.shape,
    state: jobStateSchema.optional().describe('only those in this state'),
    outcome: jobOutcomeSchema.optional().describe('only those that ended so'),
    name: z.string().optional().describe('only those with exactly this name'),
    labels: selectorSchema
      .optional()
      .describe('only those whose own labels it matches, in the language of selectors')
      .meta({ example: 'team=kernel,!draft' }),
    submittedBy: textSchema(1, 200).optional().describe('only those that were submitted so, as a job says it: key:…'),
    since: momentSchema.optional().describe('only those submitted from then on').meta({ example: '7d' }),
    until: momentSchema.optional().describe('only those submitted before then').meta({ example: '2026-11-26' }),
    ending: idEndingSchema.optional().describe('only those whose id ends so'),
    q: searchSchema('their name, selector, hosts, submitter or id'),
    sort: sortSchema(orderNames, '-submitted'),
  })
  .superRefine(refuseNoTime);
export type JobListQuery = z.infer<typeof jobListQuerySchema>;

/** A condition on a row of `jobs`. */
function asked({ state, outcome, name, labels = '*', submittedBy, since, until, ending, q }: JobListQuery): Prisma.Sql {
  const moment = (ms: number): Prisma.Sql => Prisma.sql`${new Date(ms).toISOString()}::timestamptz`;
  const searched = Prisma.sql`concat_ws(' ', spec ->> 'name', spec ->> 'selector', spec ->> 'hosts', submitted_by, job_id::text)`;
  const conditions = [
    ...(state === undefined ? [] : [Prisma.sql`state = ${state}`]),
    ...(outcome === undefined ? [] : [Prisma.sql`outcome = ${outcome}`]),
    ...(name === undefined ? [] : [Prisma.sql`spec ->> 'name' = ${name}`]),
    ...(labels.trim() === '*' ? [] : [labelFilter(parseSelector(labels), Prisma.sql`labels`)]),
    ...(submittedBy === undefined ? [] : [Prisma.sql`submitted_by = ${submittedBy}`]),
    ...(since === undefined ? [] : [Prisma.sql`submitted_at >= ${moment(since)}`]),
    ...(until === undefined ? [] : [Prisma.sql`submitted_at < ${moment(until)}`]),
    ...(ending === undefined ? [] : [Prisma.sql`job_id::text LIKE '%' || ${ending}::text`]),
    ...(q === undefined ? [] : [contains(searched, q)]),
  ];
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' AND ');
}

/** A name of nobody is a typo, not an empty list. @throws ProblemError (422) with the nearest submitters */
export async function checkSubmitter(db: PrismaClient, submitter: string): Promise<void> {
  const submitters = await db.$queryRaw<{ name: string }[]>`
    WITH RECURSIVE users AS (
      (SELECT submitted_by AS name FROM jobs ORDER BY submitted_by LIMIT 1)
      UNION ALL
      SELECT (SELECT j.submitted_by FROM jobs j WHERE j.submitted_by > users.name ORDER BY j.submitted_by LIMIT 1)
        FROM users WHERE users.name IS NOT NULL
    ) SELECT name FROM users WHERE name IS NOT NULL`;
  const names = submitters.map(({ name }) => name);
  if (names.includes(submitter)) return;
  const near = nearest(submitter, names);
  const remedy =
    names.length === 0
      ? 'no job was submitted yet'
      : `there are ${(near.length > 0 ? near : names.slice(0, 12)).join(', ')}`;
  throw refusedAll([{ field: 'submittedBy', message: `nobody submitted a job as "${submitter}"`, remedy }]);
}

const columns = Prisma.sql`job_id, state, outcome, spec, labels, submitted_by, correlation_id, submitted_at, ended_at, runs_total, tally, skipped`;

type TalliedRow = JobRow & { tally: Omit<TallyRow, 'job_id'>[] | null };

/** As the read model noted it where a job has ended, else by counting its runs. */
async function tallies(db: PrismaClient, jobs: readonly TalliedRow[]): Promise<TallyRow[]> {
  const noted = jobs.flatMap(({ job_id, tally }) => (tally ?? []).map((row) => ({ ...row, job_id })));
  const open = jobs.flatMap(({ job_id, tally }) => (tally === null ? [job_id] : []));
  if (open.length === 0) return noted;
  const counted = await db.$queryRaw<TallyRow[]>`
    SELECT job_id, state, count(*)::integer AS runs, sum(samples)::float8 AS samples, sum(lost)::float8 AS lost
      FROM runs WHERE job_id = ANY(${open}::uuid[]) GROUP BY job_id, state`;
  return [...noted, ...counted];
}

/** Jobs by what is asked of them, newest first unless it is asked otherwise. @throws ProblemError (422) for a submitter or label that there is not */
export async function listJobs(db: PrismaClient, query: JobListQuery): Promise<Page<JobView>> {
  const { limit, cursor, sort = '-submitted', submittedBy, labels } = query;
  if (submittedBy !== undefined) await checkSubmitter(db, submittedBy);
  if (labels !== undefined) await checkJobLabels(db, { labels });
  const id = { column: Prisma.sql`job_id`, schema: uuidSchema, type: 'uuid' } as const;
  const order = ordered('jobs', orders, sort, id, cursor);
  const rows = await db.$queryRaw<(TalliedRow & { place: string })[]>`
    SELECT ${columns}, ${order.place} AS place
      FROM jobs WHERE ${asked(query)} AND ${order.after} ORDER BY ${order.orderBy} LIMIT ${limit + 1}`;
  const runs = await tallies(db, rows);
  return toPage(
    rows,
    limit,
    (row) => viewOfRow(row, runs),
    (last) => order.cursorOf(last.place, last.job_id),
  );
}

async function jobInReadModel(db: PrismaClient, jobId: string): Promise<JobView | null> {
  const [row] = await db.$queryRaw<TalliedRow[]>`
    SELECT ${columns} FROM jobs WHERE job_id = ${jobId}::uuid`;
  return row === undefined ? null : viewOfRow(row, await tallies(db, [row]));
}

/**
 * A job from the read model; while the projection has not reached it yet, from its stream.
 *
 * @throws ProblemError (404)
 */
export async function findJob(db: PrismaClient, jobId: string): Promise<JobView> {
  const view = (await jobInReadModel(db, jobId)) ?? (await viewFolded(db, jobStream(jobId), viewOfStream));
  if (view === null) throw notFound('job', jobId, 'GET /v1/jobs lists the jobs');
  if (view.state !== 'running' || view.runs.planned + view.runs.queued === 0) return view;
  return { ...view, waitsFor: await hostsWaitedFor(db, jobId) };
}

/** A host that a job may run on, and how it stands. */
export interface ChosenHost extends PlannableHost, HostStanding {
  hostId: string;
  /** Labels proper; `labels` are all that a selector can ask. */
  labelNames: string[];
}

const bootFieldsSchema = z.record(z.string(), z.string());

/**
 * The hosts that a job's selectors choose or that it names. Not every host of the fleet, and of their boot states the facts that a selector
 * asks: to check whole ones of 10,000 hosts took more than two seconds.
 */
export async function plannableHosts(
  db: PrismaClient,
  { hosts, selector, control }: Pick<JobSpec, 'hosts' | 'selector' | 'control'>,
): Promise<ChosenHost[]> {
  const chosenBy = (text: string): Prisma.Sql =>
    subjectFilter(parseSelector(text), Prisma.sql`labels`, Prisma.sql`hosts.boot_state_hash`);
  const chosen = [
    ...(hosts === undefined ? [] : [Prisma.sql`hosts.host_id = ANY(${[...hosts]}::text[])`]),
    ...[selector, control].flatMap((text) =>
      text === undefined ? [] : [Prisma.sql`(${chosenBy(text)} AND ${hostState} <> 'removed')`],
    ),
  ];
  const rows = await db.$queryRaw<
    ({ labels: unknown; capabilities: unknown; bootFields: unknown } & Omit<ChosenHost, 'labels' | 'capabilities'>)[]
  >`
    SELECT hosts.host_id AS "hostId", hosts.labels, capabilities, coalesce(boot.fields, '{}') AS "bootFields", ${hostState} AS state,
           ${stateSince} AS since, service.reason
      FROM hosts LEFT JOIN boot_states boot USING (boot_state_hash) ${hostsWithState(Prisma.sql`hosts`)} WHERE ${Prisma.join(chosen, ' OR ')}`;
  return rows.map(({ hostId, labels: stored, capabilities, bootFields, state, since, reason }) => {
    const labels = labelsSchema.parse(stored);
    return {
      ...{ hostId, state, since, reason },
      labelNames: Object.keys(labels),
      labels: selectable(labels, bootFieldsSchema.parse(bootFields)),
      capabilities: z.array(capabilitySchema).parse(capabilities),
    };
  });
}

import {
  type CompareQuery,
  everyMeasure,
  measureName,
  momentText,
  parseRunSelector,
  type Probe,
  probeSchema,
  type RunSelector,
  subjectTerms,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { listed } from '#wording';
import { runFilter } from '../selectors/run-filter.js';
import { subjectFilter } from '../selectors/subject-filter.js';
import type { FieldError } from '../problems/problem.js';

/** A side without a run: as asked it never will have one, or it has none yet. */
export type EmptySide = { never: FieldError } | { notYet: { reason: string; remedy: string } };

type Name = 'a' | 'b';

/** What probes measure, in the words of the command line. */
function measuresOf(probes: readonly Probe[]): string[] {
  return everyMeasure().flatMap(({ probe, metric }) => (probes.includes(probe) ? [measureName(probe, metric)] : []));
}

function withoutMeasure(
  field: Name,
  what: string,
  has: string,
  measures: readonly string[],
  asked: string,
): { never: FieldError } {
  const message = `${what} ${has} ${listed(measures)}, not ${asked}`;
  return {
    never: { field, message, remedy: `ask for ${measures.join(' or ')}, or choose in ${field} what has ${asked}` },
  };
}

/** The probes of the hosts that a selector's labels and boot state match, by host. */
async function hostsOf(db: PrismaClient, { terms }: RunSelector): Promise<{ hostId: string; probes: Probe[] }[]> {
  const rows = await db.$queryRaw<{ host_id: string; probes: string[] }[]>`
    SELECT host_id, ARRAY(SELECT DISTINCT jsonb_path_query(capabilities, '$[*].probes[*]') #>> '{}') AS probes
      FROM hosts WHERE ${subjectFilter(subjectTerms(terms), Prisma.sql`labels`, Prisma.sql`boot_state_hash`)} ORDER BY host_id COLLATE "C"`;
  return rows.map(({ host_id, probes }) => ({
    hostId: host_id,
    probes: probes.map((probe) => probeSchema.parse(probe)),
  }));
}

/** The probes of the runs that it matches, for hosts that have changed since. */
async function probesOfRuns(db: PrismaClient, selector: RunSelector): Promise<Probe[]> {
  const rows = await db.$queryRaw<{ probe: string }[]>`
    SELECT DISTINCT probe FROM runs r WHERE labels IS NOT NULL AND ${runFilter(selector, Prisma.sql`r.ended_at`)}`;
  return rows.map(({ probe }) => probeSchema.parse(probe));
}

/** When the newest completed run ended that it would match at any time; null when there is none. */
async function newestAtAnyTime(
  db: PrismaClient,
  selector: RunSelector,
  { probe, metric }: CompareQuery,
): Promise<Date | null> {
  const atAnyTime = { ...selector, sinceMs: null, untilMs: null };
  const [row] = await db.$queryRaw<{ ended_at: Date }[]>`
    SELECT s.ended_at FROM run_results s JOIN runs r USING (run_id)
     WHERE s.probe = ${probe} AND s.metric = ${metric} AND ${runFilter(atAnyTime, Prisma.sql`s.ended_at`)}
     ORDER BY s.ended_at DESC LIMIT 1`;
  return row?.ended_at ?? null;
}

/** The same selector without its times: whether there is anything to find at all. */
const timeless = (selector: RunSelector): RunSelector => ({ ...selector, sinceMs: null, untilMs: null });

/** Why a side has no completed run of the metric. Its labels and values are known to exist (`checkRunSelectors`). */
export async function whyEmpty(db: PrismaClient, name: Name, query: CompareQuery): Promise<EmptySide> {
  const { probe, [name]: text } = query;
  const selector = parseRunSelector(text, Date.now());
  const asked = measureName(probe, query.metric);
  if (selector.sinceMs !== null || selector.untilMs !== null) {
    const newest = await newestAtAnyTime(db, selector, query);
    if (newest !== null) {
      const reason = `${name}, "${text}", matches no completed run of ${asked} in this window of time`;
      const remedy = `move since or until of ${name}: the newest such run ended ${momentText(newest.getTime())}`;
      return { notYet: { reason, remedy } };
    }
  }
  const hosts = await hostsOf(db, selector);
  const [first] = hosts;
  const ofRuns = selector.terms.length > subjectTerms(selector.terms).length;
  if (first === undefined || ofRuns) {
    const ran = await probesOfRuns(db, timeless(selector));
    if (ran.length > 0 && !ran.includes(probe)) {
      return withoutMeasure(name, `the runs of "${text}"`, 'have', measuresOf(ran), asked);
    }
    if (ran.length > 0) {
      const reason = `${name}, "${text}", matches runs, none of which has completed with ${asked}`;
      return { notYet: { reason, remedy: 'wait until they have, or see why they failed (xf runs)' } };
    }
  }
  if (first === undefined) {
    const message = `no host and no run matches all of "${text}", though each term by itself is known`;
    return {
      never: { field: name, message, remedy: 'leave a term out; GET /v1/hosts shows the labels of every host' },
    };
  }
  const serving = hosts.filter(({ probes }) => probes.includes(probe)).length;
  if (serving === 0) {
    const measures = measuresOf(hosts.flatMap(({ probes }) => probes));
    const [what, has] = hosts.length === 1 ? [first.hostId, 'has'] : [`the ${hosts.length} hosts of "${text}"`, 'have'];
    return withoutMeasure(name, what, has, measures, asked);
  }
  const none = hosts.length === 1 ? 'which has no' : 'none of which has a';
  const reason = `${name}, "${text}", matches ${hosts.length} host${hosts.length === 1 ? '' : 's'}, ${none} completed run of ${asked}${ofRuns ? ' among these' : ''} yet`;
  return { notYet: { reason, remedy: 'measure them (xf submit)' } };
}

import { type CompareQuery, everyMeasure, measureName, parseSelector, type Probe, probeSchema } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { subjectFilter } from '../selectors/subject-filter.js';
import type { FieldError } from '../problems/problem.js';

/** A side without a run: as asked it never will have one, or it has none yet. */
export type EmptySide = { never: FieldError } | { notYet: string };

type Name = 'a' | 'b';

const joined = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;

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
): FieldError {
  const message = `${what} ${has} ${joined(measures)}, not ${asked}`;
  return { field, message, remedy: `ask for ${measures.join(' or ')}, or choose in ${field} what has ${asked}` };
}

/** The probes of the hosts that a selector matches, by host. */
async function hostsOf(db: PrismaClient, selector: string): Promise<{ hostId: string; probes: Probe[] }[]> {
  const rows = await db.$queryRaw<{ host_id: string; probes: string[] }[]>`
    SELECT host_id, ARRAY(SELECT DISTINCT jsonb_path_query(capabilities, '$[*].probes[*]') #>> '{}') AS probes
      FROM hosts WHERE ${subjectFilter(parseSelector(selector), Prisma.sql`labels`, Prisma.sql`boot_state_hash`)} ORDER BY host_id COLLATE "C"`;
  return rows.map(({ host_id, probes }) => ({
    hostId: host_id,
    probes: probes.map((probe) => probeSchema.parse(probe)),
  }));
}

/** The probes of the runs that it matches, for hosts that have changed since. */
async function probesOfRuns(db: PrismaClient, selector: string, jobId: string | undefined): Promise<Probe[]> {
  const rows = await db.$queryRaw<{ probe: string }[]>`
    SELECT DISTINCT probe FROM runs
     WHERE (${jobId ?? null}::uuid IS NULL OR job_id = ${jobId ?? null}::uuid)
       AND labels IS NOT NULL AND ${subjectFilter(parseSelector(selector), Prisma.sql`labels`, Prisma.sql`boot_state_hash`)}`;
  return rows.map(({ probe }) => probeSchema.parse(probe));
}

/** Why a side has no completed run of the metric. Its labels and values are known to exist (`checkSelectors`). */
export async function whyEmpty(db: PrismaClient, name: Name, query: CompareQuery): Promise<EmptySide> {
  const { probe, jobId, [name]: selector } = query;
  const asked = measureName(probe, query.metric);
  const inJob = jobId === undefined ? '' : ` in job ${jobId}`;
  const hosts = await hostsOf(db, selector);
  const [first] = hosts;
  if (first === undefined) {
    const ran = await probesOfRuns(db, selector, jobId);
    if (ran.length === 0) {
      const message = `no host and no run${inJob} matches all of "${selector}", though each term by itself is known`;
      return {
        never: { field: name, message, remedy: 'leave a term out; GET /v1/hosts shows the labels of every host' },
      };
    }
    if (!ran.includes(probe)) {
      return { never: withoutMeasure(name, `the runs of "${selector}"`, 'have', measuresOf(ran), asked) };
    }
    return { notYet: `${name}, "${selector}", matches runs${inJob}, none of which has completed with ${asked}` };
  }
  const serving = hosts.filter(({ probes }) => probes.includes(probe)).length;
  if (serving === 0) {
    const measures = measuresOf(hosts.flatMap(({ probes }) => probes));
    const [what, has] =
      hosts.length === 1 ? [first.hostId, 'has'] : [`the ${hosts.length} hosts of "${selector}"`, 'have'];
    return { never: withoutMeasure(name, what, has, measures, asked) };
  }
  const none = hosts.length === 1 ? 'which has no' : 'none of which has a';
  const notYet = `${name}, "${selector}", matches ${hosts.length} host${hosts.length === 1 ? '' : 's'}, ${none} completed run of ${asked}${inJob} yet`;
  return { notYet };
}

import { type CompareQuery, type Metric, metricsOfProbe, parseSelector, type Probe, probeSchema } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { labelFilter } from '../http/label-filter.js';
import type { FieldError } from '../problems/problem.js';

/** A side without a run: as asked it never will have one, or it has none yet. */
export type EmptySide = { never: FieldError } | { notYet: string };

type Name = 'a' | 'b';

const joined = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;

function metricsOf(probes: readonly Probe[]): Metric[] {
  return [...new Set(probes.flatMap(metricsOfProbe))].sort();
}

function lacksMetric(field: Name, what: string, has: string, metrics: readonly Metric[], asked: Metric): FieldError {
  const message = `${what} ${has} ${joined(metrics)}, not ${asked}`;
  return { field, message, remedy: `ask for ${metrics.join(' or ')}, or choose in ${field} what has ${asked}` };
}

/** The probes of the hosts that a selector matches, by host. */
async function hostsOf(db: PrismaClient, selector: string): Promise<{ hostId: string; probes: Probe[] }[]> {
  const rows = await db.$queryRaw<{ host_id: string; probes: string[] }[]>`
    SELECT host_id, ARRAY(SELECT DISTINCT jsonb_path_query(capabilities, '$[*].probes[*]') #>> '{}') AS probes
      FROM hosts WHERE ${labelFilter(parseSelector(selector), Prisma.sql`labels`)} ORDER BY host_id COLLATE "C"`;
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
       AND labels IS NOT NULL AND ${labelFilter(parseSelector(selector), Prisma.sql`labels`)}`;
  return rows.map(({ probe }) => probeSchema.parse(probe));
}

/** Why a side has no completed run of the metric. Its labels and values are known to exist (`checkSelectors`). */
export async function whyEmpty(db: PrismaClient, name: Name, query: CompareQuery): Promise<EmptySide> {
  const { metric, jobId, [name]: selector } = query;
  const inJob = jobId === undefined ? '' : ` in job ${jobId}`;
  const hosts = await hostsOf(db, selector);
  const [first] = hosts;
  if (first === undefined) {
    const metrics = metricsOf(await probesOfRuns(db, selector, jobId));
    if (metrics.length === 0) {
      const message = `no host and no run${inJob} matches all of "${selector}", though each term by itself is known`;
      return {
        never: { field: name, message, remedy: 'leave a term out; GET /v1/hosts shows the labels of every host' },
      };
    }
    if (!metrics.includes(metric)) {
      return { never: lacksMetric(name, `the runs of "${selector}"`, 'have', metrics, metric) };
    }
    return { notYet: `${name}, "${selector}", matches runs${inJob}, none of which has completed with ${metric}` };
  }
  const serving = hosts.filter(({ probes }) => metricsOf(probes).includes(metric)).length;
  if (serving === 0) {
    const metrics = metricsOf(hosts.flatMap(({ probes }) => probes));
    const [what, has] =
      hosts.length === 1 ? [first.hostId, 'has'] : [`the ${hosts.length} hosts of "${selector}"`, 'have'];
    return { never: lacksMetric(name, what, has, metrics, metric) };
  }
  const none = hosts.length === 1 ? 'which has no' : 'none of which has a';
  const notYet = `${name}, "${selector}", matches ${hosts.length} host${hosts.length === 1 ? '' : 's'}, ${none} completed run of ${metric}${inJob} yet`;
  return { notYet };
}

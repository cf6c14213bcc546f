import {
  compareQuerySchema,
  type CompareQuery,
  type FindingDetail,
  type FindingMovement,
  type FindingView,
  repeatOf,
} from '#contracts';
import { mostTries } from '#lifecycle';

const dayMs = 86_400_000;
/** Days before the change that fresh runs are compared with: every weekday twice, and little drift. As known changes are judged. */
export const baselineDays = 14;
/** What a page shows about a change. */
const shownDays = 45;
/** Of a finding of more hosts the first are shown. */
export const shownHosts = 20;

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Which runs are asked about, in a selector's words. */
const hostsAre = (
  hosts: readonly string[],
  { executor, provenance }: Pick<FindingMovement, 'executor' | 'provenance'>,
) => `host in (${hosts.join(',')}),executor=${executor},provenance=${provenance}`;

type Asked = Pick<FindingMovement, 'probe' | 'metric' | 'executor' | 'provenance' | 'fromDay' | 'levelSince'>;

/** The first of the days that a change is compared with: of two weeks, or as many as its level before lasted. */
export function baselineFrom({ fromDay, levelSince }: Pick<FindingMovement, 'fromDay' | 'levelSince'>): string {
  const from = dateOf(Date.parse(fromDay) - baselineDays * dayMs);
  return levelSince === undefined || levelSince < from || levelSince >= fromDay ? from : levelSince;
}

/**
 * What decides whether fresh runs bear a finding out: those of its hosts against the two weeks before the change, what happened to the control
 * hosts meanwhile taken out. A question of /v1/compare, so that anybody can ask it again.
 */
export function confirmingQuestion(
  movement: Asked,
  confirmation: { jobId: string; hosts: readonly string[]; controlHosts: readonly string[] },
  pool: readonly string[] = [],
): CompareQuery {
  const { probe, metric, fromDay } = movement;
  const { jobId, hosts, controlHosts } = confirmation;
  const [since, until] = [baselineFrom(movement), fromDay];
  return compareQuerySchema.parse({
    ...{ probe, metric, confidence: 1 - 0.05 / mostTries },
    ...{
      a: `${hostsAre(hosts, movement)},since=${since},until=${until}`,
      b: `${hostsAre(hosts, movement)},job=${jobId}`,
    },
    ...(controlHosts.length === 0 ? {} : { control: hostsAre(controlHosts, movement) }),
    ...(pool.length === 0 ? {} : { pool: pool.join(',') }),
  });
}

/** The days about a change that a page shows, the last one excluded. */
export function shownSpan({ fromDay, toDay }: Pick<FindingMovement, 'fromDay' | 'toDay'>) {
  const until = Math.min(Date.now(), Date.parse(toDay) + shownDays * dayMs);
  return { since: dateOf(Date.parse(fromDay) - shownDays * dayMs), until: dateOf(until + dayMs) };
}

/** How to ask about it: a chart's data, and commands. `pool`: fields in which its hosts differ. */
export function questionsOf(view: FindingView, pool: readonly string[]): Pick<FindingDetail, 'trends' | 'commands'> {
  const { hosts, probe, metric, confirmation } = view;
  const selector = `host in (${hosts.slice(0, shownHosts).join(',')})`;
  const span = shownSpan(view);
  const asked = { selector, probe, metric, ...span, by: 'host' };
  return {
    trends: `/v1/trends?${new URLSearchParams(asked)}`,
    commands: {
      trends: `xf trends '${selector}' --probe ${probe} --metric ${metric} --since ${span.since} --until ${span.until} --by host`,
      compare: confirmation === null ? null : repeatOf(confirmingQuestion(view, confirmation, pool), null).command,
    },
  };
}

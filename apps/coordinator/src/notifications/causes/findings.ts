import { type FindingView, findingViewSchema } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { changedWhen, hostsText } from '#wording';
import type { Asked, Item } from './cause-watch.js';
import { someOfRoute } from './hosts-of-route.js';

interface FindingRow {
  view: unknown;
  matches: boolean;
}

/** Findings towards slower or noisier that are not at their end; a message begins with one of which nobody has said anything yet. */
export async function currentFindings(
  { db, route }: Asked,
  kinds: 'levels' | 'noise',
  told: (finding: FindingView) => Pick<Item, 'title' | 'lines'>,
): Promise<Item[]> {
  const kind = Prisma.sql`(f.view ->> 'kind' = 'noise') = ${kinds === 'noise'}`;
  const matches = someOfRoute(route, Prisma.sql`hosts h WHERE h.host_id = ANY(f.hosts)`);
  const rows = await db.$queryRaw<FindingRow[]>`
    SELECT f.view, ${matches} AS matches FROM findings f
     WHERE f.state IN ('open', 'acknowledged', 'muted') AND f.direction = 'up' AND ${kind} ORDER BY f.finding_id`;
  return rows.map(({ view, matches }) => {
    const finding = findingViewSchema.parse(view);
    const { findingId, state, hosts, confirmedAt } = finding;
    return {
      ...{ key: `finding:${findingId}`, group: `finding:${findingId}`, begins: matches && state === 'open' },
      ...{ sinceMs: confirmedAt === null ? null : Date.parse(confirmedAt), hosts, ...told(finding) },
      page: `/#/regressions/${findingId}`,
    };
  });
}

/** `on 6 hosts (h1, h2, h3 and 3 more), 2026-11-15`. */
export const whereAndWhen = (finding: FindingView): string =>
  `on ${finding.hosts.length === 1 ? (finding.hosts[0] ?? '') : `${finding.hosts.length} hosts (${hostsText(finding.hosts)})`}, ${changedWhen(finding)}`;

function endOf({ resolved, expected, withdrawn }: FindingView): string[] {
  const noted = (what: string, said: { by: string; note: string | null }): string =>
    `${what} by ${said.by}${said.note === null ? '' : `: ${said.note}`}`;
  if (withdrawn !== null) return [`withdrawn: ${withdrawn.reason}`];
  if (resolved !== null) return [noted('resolved', resolved)];
  return expected === null ? [] : [noted('it is expected, said', expected).replace('said by', 'as said by')];
}

/** Why findings are at their end. */
export async function endsOfFindings(db: PrismaClient, keys: readonly string[]): Promise<string[]> {
  const ids = keys.filter((key) => key.startsWith('finding:')).map((key) => key.slice('finding:'.length));
  const rows = await db.finding.findMany({ where: { findingId: { in: ids } }, select: { view: true } });
  return rows.flatMap(({ view }) => endOf(findingViewSchema.parse(view)));
}

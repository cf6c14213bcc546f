import { measureName } from '#contracts';
import { Prisma } from '#event-store';
import { changedHow } from '#wording';
import { joinNoisiest } from '../../noise-floors/noise-floors.js';
import type { Asked, CauseWatch, Item } from './cause-watch.js';
import { currentFindings, endsOfFindings, whereAndWhen } from './findings.js';
import { hostsOfGroup, isOfRoute } from './hosts-of-route.js';

/** A grade rests on weeks of runs and moves slowly; one at a limit may still come and go with every night. */
const quietForMs = 3 * 86_400_000;

async function noisyHosts({ db, route }: Asked): Promise<Item[]> {
  const ofRoute = isOfRoute(route, Prisma.sql`h.labels`, Prisma.sql`h.boot_state_hash`);
  const rows = await db.$queryRaw<{ hostId: string; group: string | null; percent: string; begins: boolean }[]>`
    SELECT h.host_id AS "hostId", h.labels ->> ${route.groupBy}::text AS group, round((100 * n.floor)::numeric, 1)::text AS percent,
           ${ofRoute} AS begins
      FROM hosts h ${joinNoisiest(Prisma.sql`h.host_id`)} LEFT JOIN host_service said ON said.host_id = h.host_id
     WHERE n.grade = 'D' AND coalesce(said.state, '') <> 'removed' ORDER BY h.host_id COLLATE "C"`;
  return rows.map(({ hostId, group, percent, begins }) => ({
    ...{ key: `host:${hostId}`, group: `host:${group ?? ''}`, begins, sinceMs: null, hosts: [hostId] },
    title: `${hostId} has noise grade D`,
    lines: [`the runs of ${hostId} scatter by ${percent} %`],
    page: `/#/hosts/${hostId}`,
  }));
}

/** Hosts of noise grade D, those of one rack one message; and findings that a host's runs scatter more than they did. */
export const noise: CauseWatch = {
  ...{ everyMs: 60_000, quietMs: quietForMs },
  async find(asked) {
    const findings = await currentFindings(asked, 'noise', (finding) => ({
      title: `${measureName(finding.probe, finding.metric)}: ${changedHow(finding)} ${whereAndWhen(finding)}`,
      lines: [],
    }));
    return [...findings, ...(await noisyHosts(asked))];
  },
  title: (items, groupBy) =>
    `${hostsOfGroup(items.length, groupBy, items[0]?.group.slice('host:'.length) ?? '')} have noise grade D`,
  ended: endsOfFindings,
};

import * as z from 'zod';
import { fieldListSchema, type HostGroups, hostGroupsSchema, limits, parseFieldList } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { byValuesInNaturalOrder } from '#wording';
import { joinNoisiest } from '../noise-floors/noise-floors.js';
import { checkFieldList, checkSelectors } from '../selectors/check-selectors.js';
import { fieldValue } from '../selectors/field-value.js';
import { askedHostsSchema, hostsAsked, hostsSeen } from './host-queries.js';
import { hostState } from './host-state.js';

export const hostGroupsQuerySchema = z.strictObject({
  ...askedHostsSchema.shape,
  by: fieldListSchema
    .default('generation')
    .describe('a group for every combination of values of these labels and facts of the boot state')
    .meta({ example: 'rack,generation' }),
});
export type HostGroupsQuery = z.infer<typeof hostGroupsQuerySchema>;

interface GroupRow {
  values: (string | null)[];
  hosts: number;
  online: number;
  silent: number;
  never: number;
  draining: number;
  quarantined: number;
  grades: HostGroups['items'][number]['grades'];
}

/** Hosts counted by what they have in common. One pass over the hosts. @throws ProblemError (422) for an unknown label, value or field */
export async function hostGroups(db: PrismaClient, query: HostGroupsQuery): Promise<HostGroups> {
  await checkSelectors(db, { selector: query.selector });
  await checkFieldList(db, 'by', query.by);
  const by = parseFieldList(query.by);
  const values = by.map((name) => fieldValue(name, Prisma.sql`labels`, Prisma.sql`b.fields`));
  const rows = await db.$queryRaw<GroupRow[]>`
    WITH asked AS (
      SELECT ARRAY[${Prisma.join(values)}]::text[] AS values, ${hostState} AS state, n.grade
        FROM ${hostsSeen} LEFT JOIN boot_states b ON b.boot_state_hash = hosts.boot_state_hash
        ${joinNoisiest(Prisma.sql`hosts.host_id`)}
       WHERE ${hostsAsked(query)})
    SELECT values, count(*)::integer AS hosts, (count(*) FILTER (WHERE state = 'online'))::integer AS online,
           (count(*) FILTER (WHERE state = 'silent'))::integer AS silent, (count(*) FILTER (WHERE state = 'never'))::integer AS never,
           (count(*) FILTER (WHERE state = 'draining'))::integer AS draining,
           (count(*) FILTER (WHERE state = 'quarantined'))::integer AS quarantined,
           jsonb_build_object('A', count(*) FILTER (WHERE grade = 'A'), 'B', count(*) FILTER (WHERE grade = 'B'),
             'C', count(*) FILTER (WHERE grade = 'C'), 'D', count(*) FILTER (WHERE grade = 'D'),
             'unknown', count(*) FILTER (WHERE grade IS NULL)) AS grades
      FROM asked GROUP BY values ORDER BY values COLLATE "C" LIMIT ${limits.groupsPerReply + 1}`;
  const kept = rows.slice(0, limits.groupsPerReply).sort((a, b) => byValuesInNaturalOrder(a.values, b.values));
  return hostGroupsSchema.parse({
    by,
    items: kept.map(({ values: own, ...counts }) => ({
      values: Object.fromEntries(by.map((name, i) => [name, own[i] ?? null])),
      ...counts,
    })),
    cut: rows.length > limits.groupsPerReply,
  });
}

import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { createPrisma, type PrismaClient } from '#event-store';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { catchUp, rebuild } from '../../../../test/fleet/read-model.js';
import { measure, queueRuns } from '../../../../test/fleet/story.js';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { dailyGroupMedians, type DailyGroup } from './daily-group-medians.js';

jest.setTimeout(120_000);

const faults = 4;
let database: FreshDatabase;
let db: PrismaClient;
beforeAll(async () => {
  database = await freshDatabase();
  db = createPrisma(database.coordinatorUrl);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

/** Runs of a host whose samples begin at `base`: their median is 1.5 more. */
async function measured(hostId: string, runs: number, base: number): Promise<void> {
  const { runIds } = await queueRuns(db, [simulatedHost(hostId)], { faults, runsPerHost: runs });
  for (const runId of runIds) await measure(db, runId, 1, { faults, base });
}

/** By the hosts' 2.3 GHz. */
const ns = (cycles: number) => expect.closeTo(cycles / 2.3, 6);

const day = new Date();
day.setUTCHours(0, 0, 0, 0);
const medians = (by: DailyGroup) =>
  dailyGroupMedians(db, {
    ...{ probe: 'pf', metric: 'u2k', provenance: 'simulated', executor: 'simulator', by },
    ...{ from: new Date(day.getTime() - 86_400_000), until: new Date(day.getTime() + 2 * 86_400_000) },
  });

it('gives a host with 100 runs the weight of one with 2', async () => {
  await measured('busy', 100, 1_000);
  await measured('idle', 2, 200);
  await catchUp(db, database.coordinatorUrl);
  expect(await medians('host')).toMatchObject([
    { group: 'busy', hosts: 1, runs: 100, p50Ns: ns(1_001.5) },
    { group: 'idle', hosts: 1, runs: 2, p50Ns: ns(201.5) },
  ]);
  expect(await medians('fleet')).toMatchObject([{ hosts: 2, runs: 102, p50Ns: ns(601.5), q1Ns: ns(401.5) }]);
  expect(await medians('generation')).toMatchObject([{ group: 'Haswell-EP', hosts: 2 }]);
  expect(await medians({ bootField: 'microcode' })).toMatchObject([{ group: '0x49', hosts: 2 }]);
  expect(await medians({ bootField: 'mitigation.mds' })).toMatchObject([{ group: 'unknown', hosts: 2 }]);
  await expect(medians({ bootField: 'colour' })).rejects.toThrow('no such fact of a boot state: colour');
});

it('has the same rows after a rebuild, and after news of a day that is there', async () => {
  await measured('idle', 1, 500);
  await catchUp(db, database.coordinatorUrl);
  const rows = () => db.dailySeries.findMany({ orderBy: [{ hostId: 'asc' }, { metric: 'asc' }] });
  const before = await rows();
  expect(before.map(({ hostId, metric, runs }) => [hostId, metric, runs])).toEqual([
    ...[
      ['busy', 'k2u', 100],
      ['busy', 'u2k', 100],
    ],
    ...[
      ['idle', 'k2u', 3],
      ['idle', 'u2k', 3],
    ],
  ]);
  expect(before[3]).toMatchObject({ q1Cycles: 201.5, p50Cycles: 201.5, q3Cycles: 351.5, samples: 12n });
  await rebuild(db, database.coordinatorUrl);
  expect(await rows()).toEqual(before);
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createPrisma, type PrismaClient } from '#event-store';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { forgetMessages, keptForDays } from './forget-messages.js';

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

async function message(state: string, endedDaysAgo: number | null): Promise<string> {
  const at = new Date(Date.now() - (endedDaysAgo ?? 1_000) * 86_400_000);
  const what = { messageId: randomUUID(), route: 'r', cause: 'noise', status: 'firing', content: {}, state };
  await db.notification.create({
    data: { ...what, madeAt: at, giveUpAt: at, endedAt: endedDaysAgo === null ? null : at },
  });
  return what.messageId;
}

it('forgets messages that ended long ago, and keeps what waits, what is recent, and what still is so', async () => {
  const gone = [await message('delivered', keptForDays + 1), await message('dead', keptForDays + 1)];
  const lasting = await message('delivered', keptForDays + 1);
  await db.notificationItem.create({ data: { route: 'r', cause: 'noise', item: 'h1', messageId: lasting } });
  const kept = [lasting, await message('delivered', keptForDays - 1), await message('waiting', null)];
  expect(await forgetMessages(db)).toBe(gone.length);
  expect((await db.notification.findMany()).map(({ messageId }) => messageId).sort()).toEqual(kept.sort());
  expect(await forgetMessages(db)).toBe(0);
});

import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contractVersion } from '#contracts';
import { Test, type TestingModule } from '@nestjs/testing';
import { randomUUID } from 'node:crypto';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres/fresh-database.js';
import { queueUnderTest } from '../../../test/queue/queue-under-test.js';
import { RunQueue } from '#queue';
import { QueueModule } from './index.js';

let database: FreshDatabase;
let app: TestingModule;

beforeAll(async () => {
  database = await freshDatabase();
  const { coordinatorUrl } = await queueUnderTest(database);
  app = await Test.createTestingModule({
    imports: [
      QueueModule.forRootAsync({
        useFactory: () => ({
          url: coordinatorUrl,
          onError: (error: Error) => {
            throw error;
          },
        }),
      }),
    ],
  }).compile();
  app.enableShutdownHooks();
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

describe('QueueModule', () => {
  it('gives the application a queue that works', async () => {
    const queue = app.get(RunQueue);
    const ticket = {
      contractVersion,
      runId: randomUUID(),
      jobId: randomUUID(),
      hostId: 'module-host',
      attempt: 1,
      correlationId: randomUUID(),
    } as const;
    await queue.put(ticket, 'normal');
    expect(await queue.has(ticket)).toBe(true);
    await queue.removeAll([ticket]);
  });
});

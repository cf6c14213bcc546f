import { expect, it } from '@jest/globals';
import { newId } from '#event-store';
import { openStore } from './open-store.js';

it('takes data that do not fit their schema for permanent, without asking the database', async () => {
  const runId = newId();
  const store = openStore('postgres://worker:secret@127.0.0.1:1/nowhere', 1, () => new Date());
  const event = { type: 'RunFailed', data: { runId, attempt: 0, failure: { code: '', message: '', remedy: '' } } };
  const cause = { correlationId: newId(), causationId: null, actor: 'worker:w1' };
  const error: unknown = await store
    .append(`run-${runId}`, 1, [{ event: event as never, eventId: newId(), occurredAt: new Date() }], cause)
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'ZodError' });
  expect(store.isPermanent(error as Error)).toBe(true);
  await store.close();
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../test/eventually.js';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres/fresh-database.js';
import { queueUnderTest, type QueueUnderTest } from '../../../test/queue/queue-under-test.js';
import { Alarms, openQueue, type QueueConnection } from './index.js';

jest.setTimeout(120_000);

let database: FreshDatabase;
let backend: QueueUnderTest;
let connections: QueueConnection[];
let opened: Alarms[];
let rung: string[];
const errors: Error[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  backend = await queueUnderTest(database);
});
beforeEach(() => {
  [connections, opened, rung] = [[], [], []];
});
afterEach(async () => {
  await Promise.all(opened.map((alarms) => alarms.close()));
  await Promise.all(connections.map((connection) => connection.close()));
  await backend.wipe();
  expect(errors).toEqual([]);
});
afterAll(() => database.drop());

/** Of one process. A plan is the ms from one time to the next. */
function alarmsOf(): Alarms {
  const onError = (error: Error): void => void errors.push(error);
  const connection = openQueue({ url: backend.coordinatorUrl, onError }, 'lanes');
  connections.push(connection);
  const alarms = new Alarms({
    ...{ connection, onError, nextAt: (plan, afterMs) => (plan === 'never' ? undefined : afterMs + Number(plan)) },
    rung: async (name) => {
      rung.push(name);
      await Promise.resolve();
    },
  });
  opened.push(alarms);
  return alarms;
}
const times = (name: string): number => rung.filter((one) => one === name).length;

describe('alarms', () => {
  it('ring again and again, in one of the processes that share them', async () => {
    const [one] = [alarmsOf(), alarmsOf()];
    expect(
      await one.keep([
        { name: 'soon', plan: '200' },
        { name: 'late', plan: '3600000' },
      ]),
    ).toBe(2);
    await eventually('it has rung three times', () => times('soon') >= 3);
    expect(times('late')).toBe(0);
  });

  it('are set once as long as they are the same, replaced when they change, and gone when nobody wants them', async () => {
    const alarms = alarmsOf();
    await alarms.keep([{ name: 'a', plan: '3600000' }]);
    expect(await alarms.keep([{ name: 'a', plan: '3600000' }])).toBe(0);
    expect(await alarms.keep([{ name: 'a', plan: '100' }])).toBe(1);
    await eventually('the new plan is heeded', () => times('a') >= 1);
    expect(await alarms.keep([])).toBe(1);
    expect(await alarms.keep([])).toBe(0);
  });

  it('are there again once they are kept, after the backend lost them', async () => {
    const alarms = alarmsOf();
    await alarms.keep([{ name: 'a', plan: '100' }]);
    await eventually('it rings', () => times('a') >= 1);
    await backend.wipe();
    await eventually('it is set again', async () => (await alarms.keep([{ name: 'a', plan: '100' }])) === 1);
    const before = times('a');
    await eventually('it rings again', () => times('a') > before);
    // The one that was ringing at that moment could not say that it had rung, or was in the way of emptying the tables.
    const expected = /^Missing key for job|deadlock detected/;
    expect(errors.filter(({ message }) => !expected.test(message))).toEqual([]);
    errors.length = 0;
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type JobEvent, isEventOf, jobStream } from '#contracts';
import type { Decider } from '#lifecycle';
import {
  append,
  handle,
  type Handling,
  newId,
  readState,
  readStream,
  UnreadableStreamError,
  WrongExpectedVersionError,
} from './index.js';
import { cancelled, cause, openStore, type StoreUnderTest } from './testing/store-under-test.js';

let store: StoreUnderTest;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

/** Counts words; each may be said once, and "no" never. */
const words: Decider<string[], string, JobEvent> = {
  stream: jobStream,
  initial: [],
  owns: (event) => isEventOf('job', event),
  evolve: (said, event) => (event.type === 'JobCancelled' ? [...said, event.data.reason] : said),
  decide: (word, said) => {
    if (word === 'no') throw new Error('refused');
    const event = cancelled(word);
    return said.includes(word) || event.type !== 'JobCancelled' ? [] : [event];
  },
};
const { causationId: _none, ...from } = cause;

const say = (id: string, word: string, handling: Partial<Handling<JobEvent>> = {}) =>
  handle(store.db, words, id, word, { cause: from, ...handling });

describe('a command', () => {
  it('appends what was decided, and tells it with the state that it makes', async () => {
    const id = newId();
    expect(await say(id, 'one')).toEqual({ appended: [cancelled('one')], state: ['one'], version: 1 });
    expect(await say(id, 'two')).toMatchObject({ state: ['one', 'two'], version: 2 });
    expect(await readState(store.db, words, id)).toMatchObject({ state: ['one', 'two'], version: 2 });
  });

  it('that changes nothing appends nothing', async () => {
    const id = newId();
    await say(id, 'one');
    expect(await say(id, 'one')).toEqual({ appended: [], state: ['one'], version: 1 });
    expect(await readStream(store.db, jobStream(id))).toHaveLength(1);
  });

  it('that is refused is passed on', async () => {
    await expect(say(newId(), 'no')).rejects.toThrow('refused');
  });

  it('names the latest event as its cause, unless another is given', async () => {
    const id = newId();
    const given = newId();
    await say(id, 'one');
    await say(id, 'two');
    await say(id, 'three', { cause: { ...from, causationId: given } });
    const events = await readStream(store.db, jobStream(id));
    expect(events.map(({ meta }) => meta.causationId)).toEqual([null, events[0]?.meta.eventId, given]);
  });

  it('takes the ids that it is given', async () => {
    const id = newId();
    const eventId = newId();
    await say(id, 'one', { envelope: (event) => ({ event, eventId }) });
    expect((await readStream(store.db, jobStream(id))).map(({ meta }) => meta.eventId)).toEqual([eventId]);
  });
});

describe('a command that others are quicker than', () => {
  /** Says something else right before each of the first so many appends. */
  function overtaken(id: string, times: number) {
    let tries = 0;
    const add: typeof append = async (...args) => {
      tries += 1;
      if (tries <= times) await say(id, `before try ${tries}`);
      return append(...args);
    };
    return { append: add, tries: () => tries };
  }

  it('is decided again on what the stream is then', async () => {
    const id = newId();
    const rival = overtaken(id, 4);
    expect(await say(id, 'one', { append: rival.append })).toMatchObject({ appended: [cancelled('one')], version: 5 });
    expect(rival.tries()).toBe(5);
  });

  it('gives up after five tries, having appended nothing', async () => {
    const id = newId();
    const rival = overtaken(id, 5);
    await expect(say(id, 'one', { append: rival.append })).rejects.toBeInstanceOf(WrongExpectedVersionError);
    expect((await readState(store.db, words, id)).state).not.toContain('one');
  });

  it('appends once, however many do the same at once', async () => {
    const id = newId();
    const said = await Promise.all([1, 2, 3, 4, 5].map(() => say(id, 'one', { isNew: true })));
    expect(said.filter(({ appended }) => appended.length === 1)).toHaveLength(1);
    expect((await readState(store.db, words, id)).state).toEqual(['one']);
  });
});

describe('a stream', () => {
  it('that is said to be new is read once it turns out not to be', async () => {
    const id = newId();
    await say(id, 'one');
    expect(await say(id, 'one', { isNew: true })).toMatchObject({ appended: [], state: ['one'] });
    expect(await say(id, 'two', { isNew: true })).toMatchObject({ state: ['one', 'two'], version: 2 });
  });

  it('that can not be folded is an error of its own, with the reason', async () => {
    const id = newId();
    const event = { type: 'RunAbandoned', data: { runId: id, attempt: 0, reason: 'cancelled', final: true } } as const;
    await append(store.db, jobStream(id), 0, [{ event }], cause);
    const failure: unknown = await say(id, 'one').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnreadableStreamError);
    expect(failure).toMatchObject({
      stream: jobStream(id),
      cause: new Error('RunAbandoned does not belong into a stream like job-…'),
    });
  });

  it('that can not be reached is not taken for unreadable', async () => {
    const gone = { $queryRaw: () => Promise.reject(new Error('Connection terminated unexpectedly')) };
    await expect(readState(gone as never, words, newId())).rejects.toThrow('Connection terminated unexpectedly');
  });
});

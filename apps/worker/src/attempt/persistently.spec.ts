import { describe, expect, it } from '@jest/globals';
import { persistently, StoreUnreachableError, type Persistence } from './persistently.js';

const usual: Persistence = {
  giveUpAfterMs: 10_000,
  tryLimitMs: 10_000,
  signal: new AbortController().signal,
  isPermanent: (error) => error.message === 'hopeless',
  onRetry: () => undefined,
};

function failing(...errors: Error[]): () => Promise<string> {
  return () => {
    const error = errors.shift();
    return error === undefined ? Promise.resolve('done') : Promise.reject(error);
  };
}

describe('persistently', () => {
  it('tries again until it works, telling of every failed try', async () => {
    const tries: number[] = [];
    const work = failing(new Error('connection lost'), new Error('starting up'));
    const result = persistently('append', work, { ...usual, onRetry: (_error, count) => tries.push(count) });
    expect(await result).toBe('done');
    expect(tries).toEqual([1, 2]);
  });

  it('throws at once what no second try can change', async () => {
    await expect(persistently('append', failing(new Error('hopeless')), usual)).rejects.toThrow('hopeless');
    await expect(persistently('append', failing(new TypeError('a bug')), usual)).rejects.toThrow(TypeError);
  });

  it('gives up when the time is over, naming what failed and why', async () => {
    const always = (): Promise<never> => Promise.reject(new Error('no route'));
    const result = persistently('appending to run-1', always, { ...usual, giveUpAfterMs: 0 });
    await expect(result).rejects.toThrow(StoreUnreachableError);
    await expect(result).rejects.toThrow('appending to run-1 failed for 0 ms: no route');
  });

  it('takes a try that hangs for a failed one', async () => {
    let calls = 0;
    const hangsOnce = (): Promise<string> => {
      calls += 1;
      return calls === 1 ? new Promise(() => undefined) : Promise.resolve('done');
    };
    expect(await persistently('append', hangsOnce, { ...usual, tryLimitMs: 5 })).toBe('done');
  });

  it('ends with the signal’s reason, whatever it is waiting for', async () => {
    const stop = new AbortController();
    const hanging = persistently('append', () => new Promise(() => undefined), { ...usual, signal: stop.signal });
    stop.abort(new Error('stopped'));
    await expect(hanging).rejects.toThrow('stopped');
    const pausing = new AbortController();
    const result = persistently('append', failing(new Error('lost'), new Error('lost')), {
      ...usual,
      signal: pausing.signal,
      onRetry: () => pausing.abort(new Error('stopped too')),
    });
    await expect(result).rejects.toThrow('stopped too');
  });
});

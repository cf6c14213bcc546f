import { describe, expect, it } from '@jest/globals';
import { ProblemError } from '../problems/problem.js';
import { Turns } from './turns.js';

const never = new AbortController().signal;
const limits = { atOnce: 2, waiting: 3, inAll: 7 };

/** Work that ends when it is told to; `begun` lists what has its turn. */
function bench(turns = new Turns(limits)) {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (key: string, signal = never) =>
    turns.during(key, signal, () => {
      begun.push(key);
      return new Promise<string>((resolve) => ends.push(() => resolve(key)));
    });
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => (error instanceof ProblemError ? error : null),
    );
  return { ask, begun, ends, refusal };
}

describe('turns', () => {
  it('lets a key have so much under way and so much waiting, and refuses the rest with when to come back', async () => {
    const { ask, begun, ends, refusal } = bench();
    const taken = Array.from({ length: 5 }, () => ask('a'));
    const refused = await refusal(ask('a'));
    expect(refused).toMatchObject({ status: 429, headers: { 'Retry-After': '3' } });
    expect(refused?.message).toBe('this key has 2 comparisons under way and 3 waiting already');
    expect(begun).toHaveLength(2);
    for (let ended = 0; ended < 5; ended += 1) {
      ends[ended]?.();
      await taken[ended];
    }
    expect(begun).toHaveLength(5);
  });

  it('keeps no key from its turn because another waits, up to a bound in all', async () => {
    const { ask, begun, refusal } = bench();
    for (let i = 0; i < 5; i += 1) void ask('a');
    void ask('b');
    expect(begun).toEqual(['a', 'a', 'b']);
    void ask('c');
    expect((await refusal(ask('d')))?.message).toBe('7 comparisons are under way or wait, of all keys together');
  });

  it('lets one leave the line, and goes on after work that failed', async () => {
    const turns = new Turns({ atOnce: 1, waiting: 2, inAll: 9 });
    const { ask, begun, ends } = bench(turns);
    const gone = new AbortController();
    const first = ask('a');
    const second = ask('a', gone.signal);
    const failing = turns.during('a', never, () => Promise.reject(new Error('broke')));
    gone.abort(new Error('hung up'));
    await expect(second).rejects.toThrow('hung up');
    ends[0]?.();
    await first;
    await expect(failing).rejects.toThrow('broke');
    void ask('a');
    expect(begun).toEqual(['a', 'a']);
  });
});

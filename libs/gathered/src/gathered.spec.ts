import { describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { gathered } from './gathered.js';

/** Answers with the question's square, when it is told to. */
function asked() {
  const calls: { questions: readonly number[]; answer: () => void; fail: (error: Error) => void }[] = [];
  const ask = gathered<number, number>(
    (questions) =>
      new Promise((resolve, reject) => {
        calls.push({ questions, answer: () => resolve(questions.map((n) => n * n)), fail: reject });
      }),
  );
  return { ask, calls };
}

describe('what many ask', () => {
  it('at the same time is asked in one call, and each has his own answer', async () => {
    const { ask, calls } = asked();
    const answers = Promise.all([ask(1), ask(2), ask(3)]);
    await turn();
    calls[0]?.answer();
    expect(await answers).toEqual([1, 4, 9]);
    expect(calls.map(({ questions }) => questions)).toEqual([[1, 2, 3]]);
  });

  it('alone is asked at once, up to four calls at a time; what comes then shares the next', async () => {
    const { ask, calls } = asked();
    const answers: Promise<number>[] = [];
    for (let n = 1; n <= 7; n += 1) {
      answers.push(ask(n));
      await turn();
    }
    expect(calls.map(({ questions }) => questions)).toEqual([[1], [2], [3], [4]]);
    calls[2]?.answer();
    expect(await answers[2]).toBe(9);
    await turn();
    expect(calls[4]?.questions).toEqual([5, 6, 7]);
    for (const { answer } of calls) answer();
    expect(await Promise.all(answers)).toEqual([1, 4, 9, 16, 25, 36, 49]);
  });

  it('fails for those of a call, and not for others', async () => {
    const { ask, calls } = asked();
    const first = Promise.allSettled([ask(1), ask(2)]);
    await turn();
    const second = ask(3);
    await turn();
    calls[0]?.fail(new Error('away'));
    calls[1]?.answer();
    expect((await first).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await second).toBe(9);
  });
});

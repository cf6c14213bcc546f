import { expect, it } from '@jest/globals';
import { seldom } from './seldom.js';

const minutes = 60_000;

function listening() {
  const told: unknown[] = [];
  let nowMs = 0;
  const onError = seldom(
    (error, about, untold) => told.push([(error as Error).message, about, untold]),
    String,
    () => nowMs,
  );
  return {
    told,
    tellAt: (atMs: number, message: string, about?: string) => ((nowMs = atMs), onError(new Error(message), about)),
  };
}

it('tells of a reason at once, then ever more seldom, with how often it came up', () => {
  const { told, tellAt } = listening();
  for (let second = 0; second < 3_600; second += 1) tellAt(second * 1_000, 'no', `run-${second % 2}`);
  expect(told).toEqual([
    ['no', 'run-0', 0],
    ['no', 'run-0', 59],
    ['no', 'run-0', 119],
    ['no', 'run-0', 239],
    ['no', 'run-0', 479],
    ['no', 'run-0', 959],
  ]);
});

it('tells of each reason for itself', () => {
  const { told, tellAt } = listening();
  tellAt(0, 'no');
  tellAt(1, 'never');
  expect(told).toEqual([
    ['no', undefined, 0],
    ['never', undefined, 0],
  ]);
});

it('takes a reason that stayed away for a new one', () => {
  const { told, tellAt } = listening();
  tellAt(0, 'no');
  tellAt(2 * minutes, 'no');
  tellAt(3 * minutes, 'no');
  expect(told).toHaveLength(3);
});

it('forgets the oldest of too many reasons', () => {
  const { told, tellAt } = listening();
  for (let reason = 0; reason <= 200; reason += 1) tellAt(reason, `no ${reason}`);
  tellAt(300, 'no 200');
  tellAt(300, 'no 0');
  expect(told).toHaveLength(202);
});

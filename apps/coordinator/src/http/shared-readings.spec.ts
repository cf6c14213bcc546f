import { expect, it } from '@jest/globals';
import { SharedReadings } from './shared-readings.js';

/** Readings that end when the test says so. */
function readings() {
  const begun: { key: string; resolve: (answer: string) => void; reject: (reason: Error) => void }[] = [];
  const shared = new SharedReadings<string>(
    (key) => new Promise((resolve, reject) => void begun.push({ key, resolve, reject })),
  );
  return { begun, shared };
}

it('who asks while one reads shares the next reading with the others', async () => {
  const { begun, shared } = readings();
  const first = shared.get('a');
  const later = [shared.get('a'), shared.get('a')];
  const other = shared.get('b');
  expect(begun.map(({ key }) => key)).toEqual(['a', 'b']);
  begun[0]?.resolve('before');
  begun[1]?.resolve('of b');
  expect([await first, await other]).toEqual(['before', 'of b']);
  await Promise.resolve();
  expect(begun).toHaveLength(3);
  const evenLater = shared.get('a');
  begun[2]?.resolve('after');
  expect(await Promise.all(later)).toEqual(['after', 'after']);
  await Promise.resolve();
  begun[3]?.resolve('last');
  expect(await evenLater).toBe('last');
  void shared.get('a');
  expect(begun).toHaveLength(5);
});

it('a reading that fails fails for those who share it, and for nobody else', async () => {
  const { begun, shared } = readings();
  const first = shared.get('a');
  const next = shared.get('a');
  begun[0]?.reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await Promise.resolve();
  begun[1]?.resolve('back');
  expect(await next).toBe('back');
});

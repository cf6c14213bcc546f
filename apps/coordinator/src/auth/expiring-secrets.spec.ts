import { describe, expect, it } from '@jest/globals';
import { ExpiringSecrets, makeSecret } from './expiring-secrets.js';

describe('ExpiringSecrets', () => {
  it('holds a secret until its time is over', () => {
    let now = 0;
    const secrets = new ExpiringSecrets(1_000, 10, () => now);
    secrets.add('a');
    now = 999;
    expect([secrets.has('a'), secrets.has('b')]).toEqual([true, false]);
    now = 1_000;
    expect([secrets.has('a'), secrets.take('a')]).toEqual([false, false]);
  });

  it('gives a secret out once', () => {
    const secrets = new ExpiringSecrets(1_000, 10, () => 0);
    secrets.add('a');
    expect([secrets.take('a'), secrets.take('a'), secrets.has('a')]).toEqual([true, false, false]);
  });

  it('drops the oldest beyond its limit, and all when told to', () => {
    const secrets = new ExpiringSecrets(1_000, 2, () => 0);
    for (const secret of ['a', 'b', 'c']) secrets.add(secret);
    expect(['a', 'b', 'c'].map((secret) => secrets.has(secret))).toEqual([false, true, true]);
    secrets.clear();
    expect(secrets.has('c')).toBe(false);
  });

  it('makes secrets of 256 bits', () => {
    expect(makeSecret()).toMatch(/^[\w-]{43}$/);
    expect(makeSecret()).not.toBe(makeSecret());
  });
});

import { describe, expect, it } from '@jest/globals';
import { roleSchema } from '#contracts';
import { bearerKey, hashKey, makeKey } from './api-key.js';
import { rolesFor } from './access.js';

describe('keys', () => {
  it('carry their role and 256 bits, and differ', () => {
    const keys = roleSchema.options.map(makeKey);
    for (const [i, role] of roleSchema.options.entries())
      expect(keys[i]).toMatch(new RegExp(`^xf_${role}_[\\w-]{43}$`));
    expect(makeKey('read')).not.toBe(makeKey('read'));
  });

  it('are stored as SHA-256', () => {
    // SHA-256("abc"): FIPS 180-4, appendix.
    expect(hashKey('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('bearerKey', () => {
  const key = makeKey('submit');

  it('reads the key, whatever the case of the scheme', () => {
    expect(bearerKey(`Bearer ${key}`)).toEqual({ key });
    expect(bearerKey(`bearer  ${key} `)).toEqual({ key });
  });

  it.each([
    [undefined, /no API key/],
    ['', /not of the form "Bearer/],
    [`Basic ${key}`, /not of the form "Bearer/],
    [`Bearer ${key} ${key}`, /not of the form "Bearer/],
    ['Bearer hunter2', /not of the form xf_/],
    [`Bearer ${key.replace('submit', 'root')}`, /not of the form xf_/],
  ])('refuses %s', (header, fault) => {
    expect(bearerKey(header)).toEqual({ fault: expect.stringMatching(fault) });
  });
});

describe('rolesFor', () => {
  it('lets admin do all, submit read, and worker only its own', () => {
    expect(rolesFor('read')).toEqual(['read', 'submit', 'admin']);
    expect(rolesFor('submit')).toEqual(['submit', 'admin']);
    expect(rolesFor('worker')).toEqual(['worker', 'admin']);
    expect(rolesFor('admin')).toEqual(['admin']);
  });
});

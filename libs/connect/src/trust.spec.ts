import { describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { isLoopback } from './loopback.js';
import { mayBePlain, readTrust } from './trust.js';

describe('readTrust', () => {
  it('trusts the system’s authorities, and nothing in the clear off this machine, unless it is told otherwise', () => {
    expect(readTrust({ XF_CA_FILE: '', XF_PLAIN_HOSTS: '' })).toEqual({ caFile: null, ca: null, plainHosts: [] });
    expect(readTrust({ XF_PLAIN_HOSTS: ' postgres, Redis ,[fd00::1]' }).plainHosts).toEqual([
      'postgres',
      'redis',
      '[fd00::1]',
    ]);
  });

  it.each([
    [{ XF_CA_FILE: '/nowhere/ca.pem' }, /^XF_CA_FILE names a file that can't be read: ENOENT/],
    [
      { XF_CA_FILE: fileURLToPath(import.meta.url) },
      /^XF_CA_FILE names .*, which must hold certificates of authorities in PEM/,
    ],
    [{ XF_PLAIN_HOSTS: 'http://redis' }, /^XF_PLAIN_HOSTS must be host names .*; "http:\/\/redis" is none/],
    [{ XF_PLAIN_HOSTS: '*' }, /^XF_PLAIN_HOSTS must be host names/],
  ])('refuses %j', (environment, says) => expect(() => readTrust(environment)).toThrow(says));
});

describe('mayBePlain', () => {
  const { plainHosts } = readTrust({ XF_PLAIN_HOSTS: 'redis,fd00::1' });
  it.each(['localhost', '127.8.9.1', '[::1]', 'REDIS', '[fd00::1]'])('%s may', (host) =>
    expect(mayBePlain(host, { plainHosts })).toBe(true),
  );
  it.each(['redis.example', '0.0.0.0', '10.0.0.1'])('%s may not', (host) =>
    expect(mayBePlain(host, { plainHosts })).toBe(false),
  );
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', '[::1]', 'localhost'])('%s is', (host) =>
    expect(isLoopback(host)).toBe(true),
  );
  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.org', '127.0.0.1.example.org'])('%s is not', (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});

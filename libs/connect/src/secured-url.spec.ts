import { describe, expect, it } from '@jest/globals';
import { isPooled } from './pooled.js';
import { PlainTextError, securedUrl } from './secured-url.js';

const system = { caFile: null, ca: null, plainHosts: [] };
const own = { ...system, caFile: '/etc/xperf-fleet/ca.pem' };
const compose = { ...system, plainHosts: ['postgres', 'redis'] };

describe('securedUrl', () => {
  it.each([
    'postgres://u:p@127.0.0.1:5432/xperf',
    'postgres://u:p@[::1]:5432/xperf',
    'postgres://u:p@localhost/xperf?sslmode=disable',
    'postgres:///xperf?host=/var/run/postgresql',
    'redis://127.0.0.1:6379/3',
    'rediss://queue.example:6379',
    'http://localhost:3000',
    'https://fleet.example/xperf',
  ])('leaves %s as it is', (url) => expect(securedUrl(url, system)).toBe(url));

  it('has every database off this machine checked, by the file of authorities where there is one', () => {
    const there = 'postgres://u:p%40@db.example:5432/xperf';
    expect(securedUrl(there, system)).toBe(`${there}?sslmode=verify-full`);
    const checked = `${there}?sslmode=verify-full&sslrootcert=%2Fetc%2Fxperf-fleet%2Fca.pem`;
    expect(securedUrl(there, own)).toBe(checked);
    expect(securedUrl(checked, { ...own, caFile: '/other.pem' })).toBe(checked);
    expect(securedUrl('rediss://queue.example', own)).toBe(
      'rediss://queue.example?sslrootcert=%2Fetc%2Fxperf-fleet%2Fca.pem',
    );
  });

  it.each([
    [
      'postgres://u:hunter2@db.example/xperf?sslmode=disable',
      /^has sslmode=disable for db.example; write sslmode=verify-full/,
    ],
    ['postgres://u:hunter2@db.example/xperf?sslmode=require', /^has sslmode=require, which does not say/],
    ['postgres://u:hunter2@db.example/xperf?sslmode=verify-full&sslmode=no-verify', /^has sslmode=no-verify/],
    ['postgres://u:hunter2@db.example/xperf?ssl=0', /^has ssl=0/],
    ['postgres://u:hunter2@localhost/xperf?host=db.example&sslmode=disable', /for db.example/],
    ['postgres:///xperf', /^names no host/],
    ['redis://:hunter2@queue.example:6379', /^would send its password to queue.example in the clear; write rediss:/],
    ['http://fleet.example', /^would send a secret to fleet.example in the clear; write https:.*XF_PLAIN_HOSTS$/],
  ])('refuses %s and does not repeat its password', (url, says) => {
    expect(() => securedUrl(url, system)).toThrow(PlainTextError);
    expect(() => securedUrl(url, system)).toThrow(says);
    expect(() => securedUrl(url, system)).not.toThrow(/hunter2/);
  });

  it('takes a parameter of the host for what the driver takes it for', () => {
    expect(securedUrl('postgres://localhost/xperf?host=db.example', system)).toMatch(/sslmode=verify-full$/);
  });

  it('lets hosts be spoken to in the clear that are named, and no others', () => {
    expect(securedUrl('postgres://postgres/xperf', compose)).toBe('postgres://postgres/xperf');
    expect(securedUrl('redis://redis:6379', compose)).toBe('redis://redis:6379');
    expect(() => securedUrl('redis://redis.example', compose)).toThrow(PlainTextError);
  });
});

describe('isPooled', () => {
  it('goes by Prisma’s own word for it', () => {
    expect(isPooled('postgres://pooler:6432/xperf?pgbouncer=true')).toBe(true);
    expect(isPooled('postgres://db:5432/xperf')).toBe(false);
  });
});

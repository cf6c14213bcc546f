import { describe, expect, it } from '@jest/globals';
import { SettingsError } from './settings-error.js';
import { idFromHostname, readSettings } from './worker-settings.js';

const good = {
  DATABASE_URL: 'postgresql://worker:pw@127.0.0.1:5432/xperf',
  COORDINATOR_URL: 'http://127.0.0.1:3000/',
  WORKER_KEY: 'xf_worker_1',
  WORKER_ID: 'w1',
  HOME: '/home/u',
};
const hosts = (value: unknown): Record<string, string> => ({ ...good, WORKER_HOSTS: JSON.stringify(value) });

describe('readSettings', () => {
  it('takes the queue from the database, the cache from HOME, and serves this machine by default', () => {
    expect(readSettings(good)).toEqual({
      databaseUrl: good.DATABASE_URL,
      queueUrl: good.DATABASE_URL,
      replaceHosts: false,
      coordinatorUrl: 'http://127.0.0.1:3000',
      ca: null,
      workerKey: 'xf_worker_1',
      workerId: 'w1',
      hosts: [{ hostId: 'w1', executors: ['stock-host'], labels: {} }],
      cacheDir: '/home/u/.cache/xperf-fleet',
      kernelDir: '/home/u/.cache/xperf-fleet/kernel',
      drainMs: 0,
      noiseControl: 'read',
      noiseRoot: '/',
      logLevel: 'info',
    });
  });

  it.each([
    {
      what: 'a missing database',
      env: { ...good, DATABASE_URL: undefined },
      says: 'DATABASE_URL: is not set; for example',
    },
    {
      what: 'another database',
      env: { ...good, DATABASE_URL: 'mysql://x/y' },
      says: 'beginning postgres:// or postgresql://',
    },
    {
      what: 'a queue of no known kind',
      env: { ...good, QUEUE_URL: 'amqp://q' },
      says: 'QUEUE_URL: must be a URL beginning',
    },
    {
      what: 'a key sent in the clear',
      env: { ...good, COORDINATOR_URL: 'http://fleet.example' },
      says: 'COORDINATOR_URL: would send a secret to fleet.example in the clear; write https://',
    },
    {
      what: 'a database whose certificate nobody checks',
      env: { ...good, DATABASE_URL: 'postgres://db.example/xperf?sslmode=require' },
      says: 'DATABASE_URL: has sslmode=require, which does not say',
    },
    {
      what: 'a pooler and no way past it',
      env: { ...good, DATABASE_URL: 'postgres://127.0.0.1:6432/xperf?pgbouncer=true' },
      says: 'QUEUE_URL: is not set; DATABASE_URL leads through a pooler',
    },
    {
      what: 'authorities that can’t be read',
      env: { ...good, XF_CA_FILE: '/nowhere/ca.pem' },
      says: "XF_CA_FILE: names a file that can't be read",
    },
    { what: 'a missing key', env: { ...good, WORKER_KEY: undefined }, says: 'make a key of role worker' },
    {
      what: 'an id that is no slug',
      env: { ...good, WORKER_ID: 'My Worker' },
      says: 'WORKER_ID: must be 1-63 characters',
    },
    { what: 'a log level', env: { ...good, LOG_LEVEL: 'loud' }, says: 'LOG_LEVEL' },
    {
      what: 'hosts in a file that is not there',
      env: { ...good, WORKER_HOSTS: '@/nowhere/hosts.json' },
      says: "WORKER_HOSTS: names a file that can't be read: ENOENT",
    },
    { what: 'no hosts', env: hosts([]), says: 'WORKER_HOSTS' },
    {
      what: 'an unknown executor',
      env: hosts([{ hostId: 'h', executors: ['gpu'] }]),
      says: 'WORKER_HOSTS.0.executors.0',
    },
    {
      what: 'a batch too long for a line',
      env: hosts([{ hostId: 'h', executors: ['patched-host'], batch: 65 }]),
      says: 'WORKER_HOSTS.0.batch',
    },
    {
      what: 'a batch for a host that prints none',
      env: hosts([{ hostId: 'h', executors: ['stock-host'], batch: 1 }]),
      says: 'WORKER_HOSTS.0.batch: only executor patched-host takes batch',
    },
    {
      what: 'a simulator without machine',
      env: hosts([{ hostId: 'h', executors: ['simulator'] }]),
      says: 'needs the key of its machine',
    },
    {
      what: 'a machine without simulator',
      env: hosts([{ hostId: 'h', executors: ['stock-host'], machine: 'zen3' }]),
      says: 'WORKER_HOSTS.0.machine: only executor simulator takes machine',
    },
    {
      what: 'one host with two boot states',
      env: hosts([{ hostId: 'h', executors: ['simulator', 'stock-host'], machine: 'zen3' }]),
      says: 'because a host has one boot state',
    },
    {
      what: 'a virtual host without guests',
      env: hosts([{ hostId: 'h', executors: ['vm'] }]),
      says: 'WORKER_HOSTS.0.vm: executor vm needs its guests',
    },
    {
      what: 'guests without executor vm',
      env: hosts([{ hostId: 'h', executors: ['stock-host'], vm: { series: '6.1', kpti: true } }]),
      says: 'WORKER_HOSTS.0.vm: only executor vm takes vm',
    },
    {
      what: 'a virtual host that is real too',
      env: hosts([{ hostId: 'h', executors: ['vm', 'stock-host'], vm: { series: '6.1', kpti: true } }]),
      says: 'a virtual host serves vm only',
    },
    {
      what: 'an unknown series',
      env: hosts([{ hostId: 'h', executors: ['vm'], vm: { series: '5.4', kpti: true } }]),
      says: 'WORKER_HOSTS.0.vm.series',
    },
    {
      what: 'KPTI left open',
      env: hosts([{ hostId: 'h', executors: ['vm'], vm: { series: '6.1' } }]),
      says: 'WORKER_HOSTS.0.vm.kpti',
    },
    {
      what: 'a CPU model that is none',
      env: hosts([{ hostId: 'h', executors: ['vm'], vm: { series: '6.1', kpti: true, cpuModel: 'max -monitor x' } }]),
      says: 'must be a CPU model of QEMU',
    },
    ...['pti=off', 'quiet nopti', 'xperf.program=sh', 'console=ttyS1', 'panic=0'].map((bootOptions) => ({
      what: `the boot option ${bootOptions}`,
      env: hosts([{ hostId: 'h', executors: ['vm'], vm: { series: '6.1', kpti: true, bootOptions } }]),
      says: 'must not set pti (use kpti)',
    })),
    {
      what: 'boot options that are no parameters',
      env: hosts([{ hostId: 'h', executors: ['vm'], vm: { series: '6.1', kpti: true, bootOptions: 'a=$(reboot)' } }]),
      says: 'must be kernel parameters',
    },
    {
      what: 'one host twice',
      env: hosts([
        { hostId: 'h', executors: ['stock-host'] },
        { hostId: 'h', executors: ['stock-host'] },
      ]),
      says: 'host ids must differ',
    },
    {
      what: 'noise control of another kind',
      env: { ...good, WORKER_NOISE_CONTROL: 'on' },
      says: 'WORKER_NOISE_CONTROL: must be off, read',
    },
    { what: 'a misspelt field', env: hosts([{ hostId: 'h', executors: ['stock-host'], label: {} }]), says: 'label' },
  ])('refuses $what', ({ env, says }) => {
    expect(() => readSettings(env)).toThrow(SettingsError);
    expect(() => readSettings(env)).toThrow(says);
  });

  it('takes the guests of a virtual host', () => {
    const vm = { series: '6.12', kpti: false, cpuModel: 'Haswell-noTSX,-pcid', bootOptions: 'mitigations=off nosmt' };
    expect(readSettings(hosts([{ hostId: 'h', executors: ['vm'], vm }])).hosts).toEqual([
      { hostId: 'h', executors: ['vm'], vm: { ...vm, accelerator: 'auto' }, labels: {} },
    ]);
  });

  it('makes an id of whatever a machine is called', () => {
    expect(idFromHostname('Build-Box_7.example.org')).toBe('build-box_7.example.org');
    expect(idFromHostname('-.--')).toBe('host');
    expect(idFromHostname('Ünï côde')).toMatch(/^[a-z0-9][a-z0-9._-]*$/);
  });
});

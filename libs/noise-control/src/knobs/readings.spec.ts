import { describe, expect, it } from '@jest/globals';
import { container, laptop, quietServer } from '../testing/noise-texts.js';
import type { KnobName } from './knob.js';
import type { NoiseTexts } from './noise-texts.js';
import { noiseFrom, plan, readings } from './readings.js';

const text = (value: string) => ({ text: value });
const absent = { error: 'ENOENT' };

function finding(knob: KnobName, change: Partial<NoiseTexts>, texts = quietServer) {
  return readings({ ...texts, ...change }).find((one) => one.knob === knob);
}

describe('readings', () => {
  it('finds nothing on a quiet server', () => {
    const findings = readings(quietServer);
    expect(findings.filter((one) => one.verdict !== 'quiet' || one.reason !== null || one.remedy !== null)).toEqual([]);
    expect(plan(quietServer)).toEqual([]);
    expect(noiseFrom(findings, true)).toEqual({ verdict: 'quiet', reasons: [], unknown: [], notSet: [] });
  });

  it.each<[string, KnobName, Partial<NoiseTexts>, string]>([
    ['powersave', 'governor', { governor: text('powersave\n') }, 'governor powersave'],
    ['schedutil', 'governor', { governor: text('schedutil\n') }, 'governor schedutil'],
    ['turbo of intel_pstate', 'turbo', { noTurbo: text('0\n') }, 'turbo on'],
    ['boost of acpi-cpufreq', 'turbo', { noTurbo: absent, boost: text('1\n') }, 'turbo on'],
    ['boost of one CPU', 'turbo', { noTurbo: absent, boost: text('1\n'), policyBoost: text('1\n') }, 'turbo on'],
    ['huge pages', 'huge-pages', { hugePages: text('[always] madvise never\n') }, 'huge pages always'],
    ['the NMI watchdog', 'nmi-watchdog', { nmiWatchdog: text('1\n') }, 'NMI watchdog on'],
    ['a talkative console', 'console-level', { printk: text('7\t4\t1\t7\n') }, 'console level 7'],
    ['a sibling', 'smt-sibling', { siblings: text('1,3\n') }, 'SMT sibling online'],
    [
      'an interrupt delivered there',
      'irqs',
      { irqs: [{ irq: 9, allowed: text('0-3\n'), effective: text('3\n') }] },
      'interrupts on its CPU',
    ],
    [
      'an interrupt allowed there where the kernel does not tell more',
      'irqs',
      { irqs: [{ irq: 9, allowed: text('0-3\n'), effective: absent }] },
      'interrupts on its CPU',
    ],
    ['no isolation', 'isolation', { isolated: text('\n') }, 'CPU without isolcpus'],
    ['isolation of another CPU', 'isolation', { isolated: text('1-2\n') }, 'CPU without isolcpus'],
    ['a tick', 'isolation', { nohzFull: text('  (null)\n') }, 'CPU without nohz_full, rcu_nocbs'],
    [
      'a tick but no RCU',
      'isolation',
      { nohzFull: absent, commandLine: text('rcu_nocbs=0-1 rcu_nocbs=3') },
      'CPU without nohz_full',
    ],
    ['a small ring as booted', 'ring-size', { commandLine: text('log_buf_len=64K') }, 'kernel log ring 64 KiB'],
    [
      'a small ring as built',
      'ring-size',
      { commandLine: text('ro'), kernelConfig: text('CONFIG_LOG_BUF_SHIFT=14\n') },
      'kernel log ring 16 KiB',
    ],
  ])('hears %s', (_what, knob, change, reason) => {
    expect(finding(knob, change)).toMatchObject({ verdict: 'noisy', reason });
    expect(finding(knob, change)?.remedy).toMatch(/boot|doctor/);
  });

  it.each<[string, KnobName, Partial<NoiseTexts>]>([
    [
      'boost off for all beside boost on for one',
      'turbo',
      { noTurbo: absent, boost: text('0'), policyBoost: text('1') },
    ],
    ['boost off for this CPU', 'turbo', { noTurbo: absent, boost: text('1'), policyBoost: text('0') }],
    ['huge pages never', 'huge-pages', { hugePages: text('always madvise [never]\n') }],
    ['a sibling that is offline', 'smt-sibling', { siblings: text('1,3\n'), online: text('0,2-3\n') }],
    [
      'an interrupt that moves away when it next fires',
      'irqs',
      { irqs: [{ irq: 9, allowed: text('0-2'), effective: text('3') }] },
    ],
    ['isolcpus with rcu_nocbs', 'isolation', { commandLine: text('rcu_nocbs=3') }],
    ['the default ring', 'ring-size', { commandLine: text('ro') }],
    ['a ring rounded up', 'ring-size', { commandLine: text('log_buf_len=100K') }],
    ['the last log_buf_len', 'ring-size', { commandLine: text('log_buf_len=1K log_buf_len=1M') }],
  ])('is content with %s', (_what, knob, change) => {
    expect(finding(knob, change)).toMatchObject({ verdict: 'quiet', reason: null, remedy: null });
  });

  it.each<[KnobName, Partial<NoiseTexts>]>([
    ['governor', { governor: absent }],
    ['governor', { governor: text('<html>') }],
    ['turbo', { noTurbo: text('maybe') }],
    ['huge-pages', { hugePages: text('[often]') }],
    ['nmi-watchdog', { nmiWatchdog: { error: 'EACCES' } }],
    ['console-level', { printk: text('') }],
    ['irqs', { irqs: [] }],
    ['irqs', { irqs: [{ irq: 1, allowed: { error: 'EACCES' }, effective: absent }] }],
    ['smt-sibling', { siblings: absent }],
    ['isolation', { isolated: absent }],
    ['ring-size', { commandLine: absent, kernelConfig: absent }],
    ['ring-size', { commandLine: text('log_buf_len=16Q'), kernelConfig: text('CONFIG_LOG_BUF_SHIFT=no') }],
  ])('does not guess %s from %j', (knob, change) => {
    expect(finding(knob, change)).toMatchObject({ verdict: 'unknown', reason: null });
    expect(finding(knob, change)?.remedy).not.toBeNull();
  });

  it('knows nothing of one CPU where runs are not pinned', () => {
    const findings = readings({ ...laptop, cpu: null });
    const open = findings.filter(({ verdict }) => verdict === 'unknown').map(({ knob }) => knob);
    expect(open).toEqual(['governor', 'irqs', 'smt-sibling', 'isolation']);
    expect(plan({ ...laptop, cpu: null }).map(({ knob }) => knob)).not.toContain('smt-sibling');
  });
});

describe('plan', () => {
  it('quietens a laptop, the sibling last, each write with the value to go back to', () => {
    const cpu = 'sys/devices/system/cpu';
    expect(plan(laptop)).toEqual([
      change('governor', `${cpu}/cpu7/cpufreq/scaling_governor`, 'word', 'powersave', 'performance'),
      change('turbo', `${cpu}/intel_pstate/no_turbo`, 'word', '0', '1'),
      change('huge-pages', 'sys/kernel/mm/transparent_hugepage/enabled', 'choice', 'always', 'madvise'),
      change('nmi-watchdog', 'proc/sys/kernel/nmi_watchdog', 'word', '1', '0'),
      change('console-level', 'proc/sys/kernel/printk', 'first-number', '7', '4'),
      change('irqs', 'proc/irq/0/smp_affinity_list', 'cpu-list', '0-7', '0-6'),
      change('irqs', 'proc/irq/9/smp_affinity_list', 'cpu-list', '0-7', '0-6'),
      // It may go nowhere else, and not to the sibling either.
      change('irqs', 'proc/irq/120/smp_affinity_list', 'cpu-list', '7', '0-2,4-6'),
      change('irqs', 'proc/irq/default_smp_affinity', 'cpu-mask', 'ff', '7f'),
      change('smt-sibling', `${cpu}/cpu3/online`, 'word', '1', '0'),
    ]);
  });

  function change(knob: string, file: string, form: string, before: string, set: string) {
    return { knob, file, form, before, set };
  }

  it('takes the switch of one CPU where there is one', () => {
    const amd = { ...quietServer, noTurbo: absent, boost: text('1\n'), policyBoost: text('1\n') };
    expect(plan(amd).map(({ file }) => file)).toEqual(['sys/devices/system/cpu/cpu3/cpufreq/boost']);
    expect(plan({ ...amd, policyBoost: absent }).map(({ file }) => file)).toEqual([
      'sys/devices/system/cpu/cpufreq/boost',
    ]);
  });

  it('moves no interrupt where there is one CPU only', () => {
    const irqs = [{ irq: 9, allowed: text('0'), effective: text('0') }];
    const single = { ...quietServer, cpu: 0, online: text('0'), siblings: text('0'), defaultAffinity: text('1'), irqs };
    expect(plan(single)).toEqual([]);
  });

  it('leaves a sibling online, and interrupts on it, where there is no other CPU', () => {
    const irqs = [{ irq: 9, allowed: text('1'), effective: text('1') }];
    const pair = { ...quietServer, cpu: 1, online: text('0-1'), siblings: text('0-1'), irqs };
    expect(plan(pair).map(({ file, set }) => [file, set])).toEqual([
      ['proc/irq/9/smp_affinity_list', '0'],
      ['proc/irq/default_smp_affinity', '5'],
    ]);
  });

  it('finds nothing to set in a container', () => {
    expect(plan(container)).toEqual([]);
  });
});

describe('noiseFrom', () => {
  it('names what disturbs a laptop', () => {
    expect(noiseFrom(readings(laptop), false)).toEqual({
      verdict: 'noisy',
      reasons: [
        'governor powersave',
        'turbo on',
        'huge pages always',
        'NMI watchdog on',
        'interrupts on its CPU',
        'SMT sibling online',
        'CPU without isolcpus, nohz_full, rcu_nocbs',
      ],
      unknown: [],
      notSet: [],
    });
  });

  it('counts the console only for runs read from the kernel log', () => {
    const findings = readings({ ...quietServer, printk: text('7 4 1 7') });
    expect(noiseFrom(findings, false).verdict).toBe('quiet');
    expect(noiseFrom(findings, true)).toMatchObject({ verdict: 'noisy', reasons: ['console level 7'] });
  });

  it('calls unknown what can not be read, and not noisy', () => {
    const noise = noiseFrom(readings(container), false);
    expect(noise).toMatchObject({ verdict: 'unknown', reasons: [] });
    expect(noise.unknown).toEqual(['governor', 'turbo', 'huge-pages', 'nmi-watchdog', 'irqs', 'isolation']);
  });

  it('stays the same when only the number of interrupts changes', () => {
    const irq = (number: number) => ({ irq: number, allowed: text('0-3'), effective: text('3') });
    const some = noiseFrom(readings({ ...quietServer, irqs: [irq(1)] }), true);
    expect(noiseFrom(readings({ ...quietServer, irqs: [irq(7), irq(8), irq(9)] }), true)).toEqual(some);
  });

  it('tells what could not be set once a knob, and only where it matters', () => {
    const refusals = plan(laptop).map((change) => ({ change, reason: change.knob === 'irqs' ? 'EIO' : 'EACCES' }));
    expect(noiseFrom(readings(laptop), false, refusals).notSet).toContain('irqs: EIO');
    expect(noiseFrom(readings(laptop), false, refusals).notSet).toHaveLength(6);
    expect(noiseFrom(readings(quietServer), false, refusals).notSet).toEqual([]);
  });
});

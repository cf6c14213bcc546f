import { describe, expect, it } from '@jest/globals';
import { canonical } from './canonical.js';
import { formatCpuList, formatCpuMask, measuringCpu, parseCpuList, parseCpuMask } from './cpu-list.js';

describe('CPU lists and masks', () => {
  it.each([
    ['0-3,8,10-11\n', [0, 1, 2, 3, 8, 10, 11]],
    ['5', [5]],
    ['', []],
    ['(null)', []],
    ['3-1', []],
    ['0-99999999', []],
    [null, []],
  ])('reads %j', (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus);
  });

  it.each([
    [[11, 0, 1, 2, 10, 8, 3, 3], '0-3,8,10-11'],
    [[7], '7'],
    [[], ''],
  ])('writes %j', (cpus, text) => {
    expect(formatCpuList(cpus)).toBe(text);
  });

  it.each([
    ['f\n', [0, 1, 2, 3], 'f'],
    ['00000000,80000001', [0, 31], '80000001'],
    ['1,00000000', [32], '1,00000000'],
    ['ff,ffffffff', Array.from({ length: 40 }, (_, cpu) => cpu), 'ff,ffffffff'],
  ])('reads and writes the mask %s', (text, cpus, canonicalText) => {
    expect(parseCpuMask(text)).toEqual(cpus);
    expect(formatCpuMask(cpus)).toBe(canonicalText);
  });

  it.each(['', 'g', '123456789', '1,,2'])('takes %j for no mask', (text) => {
    expect(parseCpuMask(text)).toBeNull();
  });
});

describe('canonical', () => {
  it('is one spelling of one value', () => {
    expect(canonical('choice', 'always [madvise] never\n')).toBe('madvise');
    expect(canonical('first-number', '7\t4\t1\t7\n')).toBe('7');
    expect(canonical('cpu-list', '3,0,1,2\n')).toBe('0-3');
    expect(canonical('cpu-mask', '00000000,0000000F\n')).toBe('f');
    expect(canonical('word', 'conservative\n')).toBe('conservative');
  });

  it.each([
    ['word', 'two words'],
    ['choice', 'always madvise'],
    ['first-number', 'x 4'],
    ['cpu-list', ''],
    ['cpu-mask', 'mask'],
  ] as const)('a %s is not %j', (form, text) => {
    expect(canonical(form, text)).toBeNull();
  });
});

describe('measuringCpu', () => {
  it.each([
    { status: 'Cpus_allowed:\tff\nCpus_allowed_list:\t0-7\n', isolated: '\n', cpu: 7 },
    { status: 'Cpus_allowed_list:\t0-7\n', isolated: '2-3\n', cpu: 3 },
    { status: 'Cpus_allowed_list:\t0-1\n', isolated: '2-3\n', cpu: 1 },
    { status: null, isolated: '2', cpu: null },
  ])('of $status with $isolated isolated is $cpu', ({ status, isolated, cpu }) => {
    expect(measuringCpu(status, isolated)).toBe(cpu);
  });
});

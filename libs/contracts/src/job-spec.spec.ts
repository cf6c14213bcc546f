import { describe, expect, it } from '@jest/globals';
import { guestsOf, type Matrix } from './guest.js';
import { guestText } from '#wording';
import { acceptedJobSpecSchema, jobSpecSchema } from './job-spec.js';
import { limits } from './limits.js';

/** The dotted paths that a body is refused for. */
function refusedFields(body: unknown): string[] {
  const result = jobSpecSchema.safeParse(body);
  return result.success ? [] : result.error.issues.map((issue) => issue.path.join('.'));
}

describe('jobSpecSchema', () => {
  it('fills in the defaults', () => {
    expect(jobSpecSchema.parse({ selector: '*' })).toEqual({
      selector: '*',
      faults: 10_000,
      warmup: 1_000,
      runsPerHost: 10,
      order: 'interleaved',
      timeoutMs: 60_000,
      priority: 'normal',
    });
  });

  it('has a seed once it was accepted', () => {
    expect(acceptedJobSpecSchema.safeParse({ selector: '*' }).success).toBe(false);
    expect(acceptedJobSpecSchema.parse({ selector: '*', seed: 7 }).seed).toBe(7);
    // The rules of what a person submits hold on.
    expect(acceptedJobSpecSchema.safeParse({ seed: 7 }).success).toBe(false);
  });

  it.each([
    [{}, 'selector'],
    [{ selector: '*', hosts: ['h1'] }, 'hosts'],
    [{ hosts: ['No Such Slug'] }, 'hosts.0'],
    [{ selector: '*', faults: '10' }, 'faults'],
    [{ selector: '*', faults: limits.faultsPerRun + 1 }, 'faults'],
    [{ selector: '*', faults: 0 }, 'faults'],
    [{ selector: '*', probes: [] }, 'probes'],
    [{ selector: '*', probes: ['u2k'] }, 'probes.0'],
    [{ selector: '*', runsPerHost: limits.runsPerHost + 1 }, 'runsPerHost'],
    [{ selector: '*', timeoutMs: 1 }, 'timeoutMs'],
    [{ selector: '*', priority: 'urgent' }, 'priority'],
    [{ selector: 'a=b;c' }, 'selector'],
    [{ selector: '*', fualts: 10 }, ''],
    [{ selector: '*', matrix: {} }, 'matrix.series'],
    [{ selector: '*', matrix: { series: ['6.12'] } }, 'matrix.kpti'],
    [{ selector: '*', matrix: { series: [], kpti: [true] } }, 'matrix.series'],
    [{ selector: '*', matrix: { series: ['4.19'], kpti: [true] } }, 'matrix.series.0'],
    [{ selector: '*', matrix: { series: ['6.12', '6.12'], kpti: [true] } }, 'matrix.series'],
    [{ selector: '*', matrix: { series: ['6.12'], kpti: ['on'] } }, 'matrix.kpti.0'],
    [{ selector: '*', matrix: { series: ['6.12'], kpti: [true], cpu: [] } }, 'matrix'],
    [{ selector: '*', matrix: { series: ['6.12'], kpti: [true], cpuModel: ['a; reboot'] } }, 'matrix.cpuModel.0'],
    [{ selector: '*', matrix: { series: ['6.12'], kpti: [true] }, executor: 'simulator' }, 'executor'],
  ])('refuses %j at %s', (body, field) => {
    expect(refusedFields(body)).toContain(field);
  });
});

describe('the matrix of a job', () => {
  const matrix = { series: ['6.1', '6.12'], kpti: [true, false] };
  const withOptions = (bootOptions: string) =>
    jobSpecSchema.safeParse({ selector: '*', matrix: { ...matrix, bootOptions: [bootOptions] } });

  it('takes every combination, the first value of each dimension first', () => {
    const spec = jobSpecSchema.parse({ selector: '*', matrix: { ...matrix, bootOptions: ['', 'mitigations=off'] } });
    expect(guestsOf(spec.matrix as Matrix).map(guestText)).toEqual([
      '6.1 KPTI on, no boot options',
      '6.1 KPTI on, mitigations=off',
      '6.1 KPTI off, no boot options',
      '6.1 KPTI off, mitigations=off',
      '6.12 KPTI on, no boot options',
      '6.12 KPTI on, mitigations=off',
      '6.12 KPTI off, no boot options',
      '6.12 KPTI off, mitigations=off',
    ]);
  });

  it('refuses two values that would get the same label', () => {
    const bootOptions = ['nokaslr mem=64M', 'nokaslr mem-64M'];
    expect(refusedFields({ selector: '*', matrix: { ...matrix, bootOptions } })).toEqual(['matrix.bootOptions']);
    const long = 'x'.repeat(128);
    const cut = { ...matrix, bootOptions: [`${long}1`, `${long}2`] };
    expect(refusedFields({ selector: '*', matrix: cut })).toEqual(['matrix.bootOptions']);
  });

  it('has no more cells than a job can take', () => {
    const many = Array.from({ length: 16 }, (_, index) => `max,-f${index}`);
    expect(jobSpecSchema.safeParse({ selector: '*', matrix: { ...matrix, cpuModel: many } }).success).toBe(true);
    const over = { ...matrix, cpuModel: many, bootOptions: ['', 'nokaslr'] };
    expect(refusedFields({ selector: '*', matrix: over })).toEqual(['matrix']);
  });

  it.each(['mitigations=off', 'spectre_v2=off nokaslr', 'mem=12M', ''])('takes the boot options %j', (text) => {
    expect(withOptions(text).success).toBe(true);
  });

  it.each([
    'pti=off',
    'nokaslr nopti',
    'console=ttyS1',
    'panic=5',
    'xperf.args=--faults,1',
    'rdinit=/bin/sh',
    'a=$(reboot)',
    'a="b c"',
    'a\nb',
    'a  b',
    ' a',
    '-append',
    'x'.repeat(501),
  ])('refuses the boot options %j by name', (text) => {
    expect(withOptions(text).error?.issues.map(({ path }) => path.join('.'))).toContain('matrix.bootOptions.0');
  });
});

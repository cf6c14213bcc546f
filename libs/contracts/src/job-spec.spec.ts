import { describe, expect, it } from '@jest/globals';
import { jobSpecSchema } from './job-spec.js';
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
      seed: 1,
    });
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
  ])('refuses %j at %s', (body, field) => {
    expect(refusedFields(body)).toContain(field);
  });
});

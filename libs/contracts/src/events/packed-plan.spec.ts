import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { PlannedRun } from '../job-spec.js';
import { packPlan, unpackPlan } from './packed-plan.js';
import { currentVersion, readEvent, storedData, type EventData } from './registry.js';

const guest: PlannedRun['guest'] = { series: '6.12', kpti: true, cpuModel: 'Haswell-noTSX', bootOptions: '' };
const run = (hostId: string, replicate: number, more: Partial<PlannedRun> = {}): PlannedRun => ({
  ...{ runId: randomUUID(), hostId, executor: 'simulator', probe: 'pf', replicate },
  ...more,
});
const plan = [run('h1', 0), run('h2', 0), run('h1', 1, { probe: 'pf_rt' }), run('h3', 0), run('h1', 12), run('h2', 1)];
const submitted = (given: PlannedRun[]): EventData<'JobSubmitted'> => ({
  jobId: randomUUID(),
  spec: {
    selector: '*',
    runsPerHost: 2,
    faults: 10,
    warmup: 0,
    timeoutMs: 60_000,
    priority: 'normal',
    order: 'interleaved',
    seed: 1,
  },
  plan: given,
  bodyHash: 'abc',
});

describe('a plan', () => {
  it('comes out as it was packed: order, ids, cells', () => {
    const withCells = [...plan, run('h1', 0, { executor: 'vm', guest }), run('h1', 1, { executor: 'vm', guest })];
    expect(unpackPlan(packPlan(withCells))).toEqual(withCells);
  });

  it('is stored packed, and read back whole', () => {
    const data = submitted(plan);
    const stored = JSON.parse(JSON.stringify(storedData({ type: 'JobSubmitted', data }))) as { plan: unknown };
    expect(stored.plan).toMatchObject({ hosts: ['h1', 'h2', 'h3'], runs: expect.any(String) as unknown });
    expect(readEvent('JobSubmitted', currentVersion('JobSubmitted'), stored)).toEqual({ type: 'JobSubmitted', data });
  });

  it('of 100,000 runs takes under 5 MB', () => {
    const many = Array.from({ length: 100_000 }, (_, index) =>
      run(`host-${index % 10_000}`, Math.floor(index / 10_000)),
    );
    expect(JSON.stringify(packPlan(many)).length).toBeLessThan(5_000_000);
  });

  it('of version 1, a list, is still read', () => {
    const data = submitted(plan);
    expect(readEvent('JobSubmitted', 1, data)).toEqual({ type: 'JobSubmitted', data });
  });

  it.each([
    ['names a host that is not there', { ...packPlan(plan), hosts: ['h1'] }],
    ['is cut short', { ...packPlan(plan), runs: 'abc' }],
    ['is empty', { ...packPlan(plan), runs: '' }],
  ])('that %s is refused', (_, broken) => {
    expect(() => readEvent('JobSubmitted', 2, { ...submitted(plan), plan: broken })).toThrow(/plan/);
  });
});

import { describe, expect, it } from '@jest/globals';
import { hostIdSchema, jobSpecSchema } from '#contracts';
import { simulatedMachines } from '#entry-sim';
import { comparedMachines, mainJob, ownHostId, servedHosts, simulatedHostId } from './demo-job.js';

describe('ownHostId', () => {
  it.each([
    ['Lab-7.example.org', 'lab-7'],
    ['räck 3', 'r-ck-3'],
    ['3f2a9c0b1d4e', 'this-machine'],
    ['localhost', 'this-machine'],
    ['', 'this-machine'],
    ['sim-zen3', 'this-machine'],
    ['guests', 'this-machine'],
    ['-_x', 'x'],
    ['h'.repeat(80), 'h'.repeat(63)],
  ])('%j becomes %j', (name, id) => {
    expect(ownHostId(name)).toBe(id);
    expect(hostIdSchema.safeParse(id).success).toBe(true);
  });
});

describe('servedHosts', () => {
  it('names only machines that the simulator knows, under ids that say so', () => {
    const simulated = servedHosts('me', false);
    expect(simulated.map(({ machine }) => Object.keys(simulatedMachines).includes(machine ?? ''))).toEqual(
      simulated.map(() => true),
    );
    expect(simulated.every(({ hostId }) => hostId.startsWith('sim-'))).toBe(true);
    expect(simulated.map(({ hostId }) => hostId)).toEqual(
      expect.arrayContaining(Object.values(comparedMachines).map(simulatedHostId)),
    );
  });

  it('serves this machine only where it can be measured', () => {
    expect(servedHosts('me', true)[0]).toEqual({ hostId: 'me', executors: ['stock-host'] });
    expect(servedHosts('me', false)).toHaveLength(servedHosts('me', true).length - 1);
  });

  it('makes a job that the contract accepts', () => {
    expect(() => jobSpecSchema.parse(mainJob(servedHosts('me', true), { runsPerHost: 2, faults: 10 }))).not.toThrow();
  });
});

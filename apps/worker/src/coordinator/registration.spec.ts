import { describe, expect, it } from '@jest/globals';
import { contractVersion, type WorkerRegistration } from '#contracts';
import { simulatedBootState } from '#entry-sim';
import type { Coordinator } from './coordinator-client.js';
import { inParts, register } from './registration.js';

const host = (hostId: string): WorkerRegistration['hosts'][number] => ({
  hostId,
  labels: {},
  capabilities: [{ executor: 'simulator', probes: ['pf'], provenance: 'simulated' }],
  bootState: simulatedBootState('zen3'),
});
const fleet = (count: number) => Array.from({ length: count }, (_, index) => host(`h${index}`));

describe('inParts', () => {
  it('keeps every host once, in order, and each part within the limit', () => {
    const hosts = fleet(1_000);
    const parts = inParts(hosts);
    expect(parts.flat()).toEqual(hosts);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(512_010);
  });

  it('leaves a few hosts in one part, and gives a host that is too large a part of its own', () => {
    expect(inParts(fleet(6))).toHaveLength(1);
    expect(inParts(fleet(3), 10).map((part) => part.length)).toEqual([1, 1, 1]);
  });
});

describe('register', () => {
  it('asks once for each part and gives the first reply', async () => {
    const asked: number[] = [];
    const coordinator = {
      register: ({ hosts }: WorkerRegistration) => {
        asked.push(hosts.length);
        return Promise.resolve({ heartbeatMs: asked.length, leaseMs: 10 });
      },
    } as unknown as Coordinator;
    const told = () => expect(null).toBe('no retry');
    const reply = await register(
      coordinator,
      {
        contractVersion,
        instanceId: '00000000-0000-4000-8000-000000000001',
        sessionId: '00000000-0000-4000-8000-000000000002',
        replace: false,
        hosts: fleet(1_000),
      },
      new AbortController().signal,
      told,
    );
    expect(asked.reduce((sum, count) => sum + count, 0)).toBe(1_000);
    expect(reply).toEqual({ heartbeatMs: 1, leaseMs: 10 });
  });
});

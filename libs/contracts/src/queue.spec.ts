import { describe, expect, it } from '@jest/globals';
import { acceptedContractVersions } from './contract-versions.js';
import { runTicketSchema } from './queue.js';
import { heartbeatSchema } from './http/hosts.js';

const id = '0b5e3a3e-58b4-4d8c-9c3e-1d2a6f4c9a10';
const ticket = { contractVersion: 2, runId: id, jobId: id, hostId: 'h1', attempt: 1, correlationId: id };

describe('what travels between processes', () => {
  it.each(acceptedContractVersions)('accepts a ticket of contract version %i', (version) => {
    const one = { ...ticket, contractVersion: version };
    expect(runTicketSchema.parse(one)).toEqual(one);
  });

  it.each([{ contractVersion: 1 }, { contractVersion: undefined }])(
    'refuses a ticket with %j and says why',
    (other) => {
      const result = runTicketSchema.safeParse({ ...ticket, ...other });
      expect(result.error?.issues[0]?.message).toMatch(/another contract version/);
    },
  );

  it.each([{ attempt: 0 }, { runId: 'x' }, { hostId: 'a b' }, { extra: 1 }])('refuses a ticket with %j', (other) => {
    expect(runTicketSchema.safeParse({ ...ticket, ...other }).success).toBe(false);
  });

  it('refuses a worker of another contract version by name', () => {
    const result = heartbeatSchema.safeParse({ contractVersion: 1, hosts: ['h1'], attempts: [] });
    expect(result.error?.issues[0]?.message).toMatch(/contract versions 2 and 3/);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { ApiClient } from './api-client.js';
import { findJobId, findRunId } from './find-id.js';

const ids = ['c0ffee', 'c0ffee', 'decaf0'].map((end, at) => `01a21a00-0000-7000-8000-${at}00000${end}`);
const jobs = ids.map((jobId, at) => ({
  jobId,
  spec: { name: ['nightly', 'nightly', 'beef'][at] },
  submittedAt: `2026-11-2${at}T00:00:00Z`,
}));

/** Answers as the coordinator does: newest first. */
const client = {
  jobs: ({ ending = '', name, limit }: { ending?: string; name?: string; limit: number }) =>
    Promise.resolve({
      items: jobs
        .filter((job) => job.jobId.endsWith(ending) && (name === undefined || job.spec.name === name))
        .reverse()
        .slice(0, limit),
      nextCursor: null,
    }),
  runs: ({ ending = '' }: { ending?: string }) =>
    Promise.resolve({
      items: ids.filter((id) => id.endsWith(ending)).map((runId) => ({ runId, hostId: 'h1', probe: 'pf' })),
      nextCursor: null,
    }),
} as unknown as ApiClient;

describe('an id that a person names', () => {
  it('is itself when it is whole, without asking', async () => {
    await expect(findJobId({} as ApiClient, ids[0] ?? '')).resolves.toBe(ids[0]);
  });

  it('is found by a unique ending, a name that is none, and @latest', async () => {
    await expect(findJobId(client, 'caf0')).resolves.toBe(ids[2]);
    await expect(findJobId(client, 'beef')).resolves.toBe(ids[2]);
    await expect(findJobId(client, '@latest')).resolves.toBe(ids[2]);
    await expect(findRunId(client, 'decaf0')).resolves.toBe(ids[2]);
  });

  it('is refused with all it could be, newest first', async () => {
    const words = [ids[1], '2026-11-21T00:00:00Z nightly', ids[0]].join('.*');
    await expect(findJobId(client, 'nightly')).rejects.toThrow(new RegExp(`more than one job.*${words}`, 's'));
    await expect(findJobId(client, 'ffee')).rejects.toThrow(/more than one job is called “ffee”/);
  });

  it('is refused where one job has it for a name and another for its ending', async () => {
    const both = {
      jobs: ({ ending }: { ending?: string }) =>
        Promise.resolve({ items: jobs.slice(...(ending === undefined ? [1, 2] : [2, 3])), nextCursor: null }),
    } as unknown as ApiClient;
    await expect(findJobId(both, 'decaf0')).rejects.toThrow(/more than one job is called “decaf0”/);
  });

  it('is refused when there is none, with what may be written', async () => {
    await expect(findRunId(client, 'nightly')).rejects.toMatchObject({
      message: 'no run is called “nightly”',
      remedy: expect.stringContaining('@latest'),
    });
    await expect(findJobId(client, '0bad')).rejects.toThrow('no job is called “0bad”');
  });
});

import { describe, expect, it } from '@jest/globals';
import type { ApiClient } from './api-client.js';
import { wholeIds } from './whole-ids.js';

const [one, two] = ['0192f0c1-2345-7abc-8def-0123456789ab', '0192f0c1-2345-7abc-8def-0123456789ac'];
const ids = [one, two];
/** Answers as the coordinator does. */
const client = {
  jobs: ({ ending, name }: { ending?: string; name?: string }) =>
    Promise.resolve({
      items: ids
        .filter((id) => name === undefined && id.endsWith(ending ?? ''))
        .map((jobId) => ({ jobId, spec: {}, submittedAt: '' })),
    }),
  runs: ({ ending = '' }: { ending?: string }) =>
    Promise.resolve({
      items: ids.filter((id) => id.endsWith(ending)).map((runId) => ({ runId, hostId: 'h', probe: 'pf' })),
    }),
} as unknown as ApiClient;

describe('the ids in a selector of runs', () => {
  it.each([
    ['job=89ab', `job=${one}`],
    ['job == @latest , virt!=vm', `job==${one}, virt!=vm`],
    ['run in (89ab, 89ac),kernel in (6.1,6.12)', `run in (${one},${two}),kernel in (6.1,6.12)`],
    [`job!=${two}`, `job!=${two}`],
    ['host=job-7,mitigation.mds="Vulnerable; SMT disabled"', 'host=job-7,mitigation.mds=Vulnerable-SMT-disabled'],
    ['*', '*'],
  ])('%s is %s', async (typed, whole) => {
    await expect(wholeIds(client, typed)).resolves.toBe(whole);
  });

  it('are refused where they are nothing’s', async () => {
    await expect(wholeIds(client, 'job=nightly')).rejects.toThrow('no job is called “nightly”');
  });
});

import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { followFailure } from './follow-end.js';

const exit = (code: number) => ({ kind: 'exit', code }) as const;

describe('the end of follow', () => {
  it('is xperf’s when xperf ended by itself', () => {
    expect(followFailure(exit(0), '', 1_000)).toBeNull();
    expect(followFailure({ kind: 'aborted' }, '', 1_000)).toBeNull();
    expect(followFailure(exit(7), 'xperf: refused', 1_000)).toMatchObject({ code: 'hook-refused' });
    expect(followFailure({ kind: 'signal', signal: 'SIGSEGV' }, '', 1_000)).toMatchObject({ code: 'xperf-killed' });
    expect(followFailure({ kind: 'time-limit' }, '', 1_000)).toMatchObject({ code: 'timeout' });
  });

  it('repeats its own words', () => {
    expect(followFailure(exit(102), 'follow: cannot open /dev/kmsg: denied\n', 1_000)).toEqual({
      code: 'log-denied',
      message: 'follow: cannot open /dev/kmsg: denied',
      remedy: expect.stringContaining('CAP_SYSLOG') as unknown,
    });
  });

  it('has a failure for each exit code of its header', async () => {
    const header = await readFile('kernel/follow/fail.h', 'utf8');
    const codes = [...header.matchAll(/^\tFOLLOW_EXIT_\w+ = (\d+),$/gm)].map(([, code]) => Number(code));
    expect(codes.length).toBeGreaterThan(5);
    for (const code of codes) expect(followFailure(exit(code), 'said', 1_000)).toMatchObject({ message: 'said' });
  });
});

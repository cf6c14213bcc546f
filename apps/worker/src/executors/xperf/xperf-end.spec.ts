import { describe, expect, it } from '@jest/globals';
import { failureSchema } from '#contracts';
import type { ProgramEnd } from '../../exec/run-program.js';
import { failureOf } from './xperf-end.js';

describe('failureOf', () => {
  it.each<{ end: ProgramEnd; code: string }>([
    { end: { kind: 'exit', code: 2 }, code: 'xperf-usage' },
    { end: { kind: 'exit', code: 3 }, code: 'pin-failed' },
    { end: { kind: 'exit', code: 4 }, code: 'memory' },
    { end: { kind: 'exit', code: 5 }, code: 'hook-missing' },
    { end: { kind: 'exit', code: 6 }, code: 'hook-version' },
    { end: { kind: 'exit', code: 7 }, code: 'hook-refused' },
    { end: { kind: 'exit', code: 8 }, code: 'output-lost' },
    { end: { kind: 'exit', code: 9 }, code: 'nothing-measured' },
    { end: { kind: 'exit', code: 10 }, code: 'worker-gone' },
    { end: { kind: 'exit', code: 99 }, code: 'xperf-failed' },
    { end: { kind: 'signal', signal: 'SIGILL' }, code: 'xperf-killed' },
    { end: { kind: 'time-limit' }, code: 'timeout' },
    { end: { kind: 'not-started', code: 'EACCES' }, code: 'xperf-not-startable' },
  ])('calls $end $code, with a remedy', ({ end, code }) => {
    const failure = failureSchema.parse(failureOf(end, '', 1_000));
    expect(failure.code).toBe(code);
    expect(failure.remedy.length).toBeGreaterThan(10);
  });

  it('repeats the last thing that xperf said', () => {
    const said = 'warning\nxperf: cannot pin to CPU 9: Invalid argument\n';
    expect(failureOf({ kind: 'exit', code: 3 }, said, 1)?.message).toContain('cannot pin to CPU 9');
  });

  it.each<ProgramEnd>([{ kind: 'exit', code: 0 }, { kind: 'aborted' }])('finds nothing wrong with %j', (end) => {
    expect(failureOf(end, '', 1)).toBeNull();
  });

  it('points at the out-of-memory killer and at noexec', () => {
    expect(failureOf({ kind: 'signal', signal: 'SIGKILL' }, '', 1)?.remedy).toContain('out-of-memory');
    expect(failureOf({ kind: 'not-started', code: 'EACCES' }, '', 1)?.remedy).toContain('noexec');
  });
});

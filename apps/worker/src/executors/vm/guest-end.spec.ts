import { describe, expect, it } from '@jest/globals';
import { guestFailure, type GuestEnd } from './guest-end.js';
import { GuestWords } from './guest-words.js';

const through = ['guest protocol=1', 'exit status=0 signal=0', 'after', 'end'];
const powerOff = { kind: 'exit', code: 0 } as const;

function failureOf(lines: string[], change: Partial<GuestEnd> = {}): ReturnType<typeof guestFailure> {
  const words = new GuestWords();
  lines.forEach((line) => words.take(line));
  return guestFailure({ words, end: powerOff, stderr: '', consoleText: '', timeoutMs: 5_000, ...change });
}

describe('the end of a guest', () => {
  it('is success only when its program ended well and it said that it is through', () => {
    expect(failureOf(through)).toBeNull();
    // A guest that hangs in its power-off has said everything.
    expect(failureOf(through, { end: { kind: 'time-limit' } })).toBeNull();
    expect(failureOf(through.slice(0, 3))).toMatchObject({ code: 'guest-powered-off' });
  });

  it('is no failure when we ended it', () => {
    expect(failureOf(['guest protocol=1'], { end: { kind: 'aborted' } })).toBeNull();
  });

  it.each([
    ['qemu-missing', [], { end: { kind: 'exit', code: 127 } }, /apt install qemu-system-x86/],
    ['setpriv-missing', [], { end: { kind: 'not-started', code: 'ENOENT' } }, /apt install util-linux/],
    ['timeout', [], { end: { kind: 'time-limit' } }, /longer timeoutMs/],
    ['timeout', ['guest protocol=1'], { end: { kind: 'time-limit' } }, /longer timeoutMs/],
    ['qemu-killed', ['guest protocol=1'], { end: { kind: 'signal', signal: 'SIGKILL' } }, /out-of-memory/],
    ['qemu-failed', [], { end: { kind: 'exit', code: 1 }, stderr: 'unable to find CPU model' }, /-cpu help/],
    ['guest-panicked', [], { consoleText: 'Kernel panic - not syncing: Attempted to kill init!' }, /run-once/],
    ['guest-powered-off', [], {}, /run-once/],
    ['guest-powered-off', ['guest protocol=1', 'exit status=0 signal=0'], {}, /run-once/],
    ['guest-failed', ['guest protocol=1', 'error /dev/kmsg: No such file', 'end'], {}, /run-once/],
    ['guest-protocol', ['guest protocol=2', 'end'], {}, /kernel:build/],
    ['hook-missing', ['guest protocol=1', 'err xperf: no hook', 'exit status=5 signal=0', 'end'], {}, /kernel:build/],
    ['xperf-killed', ['guest protocol=1', 'exit status=-1 signal=11', 'end'], {}, /by hand/],
  ] as [string, string[], Partial<GuestEnd>, RegExp][])('is %s after %j and %j', (code, lines, change, remedy) => {
    expect(failureOf(lines, change)).toMatchObject({ code, remedy: expect.stringMatching(remedy) as unknown });
  });

  it('says of a panic why and where it came, though its last lines are registers', () => {
    const oops = ['Oops: int3: 0000 [#1] SMP NOPTI', 'CPU: 1 PID: 1', 'RIP: 0010:sched_clock_cpu+0x5/0x180'];
    const consoleText = [...oops, ...Array<string>(20).fill('R10: 0'), 'Kernel panic - not syncing: x'].join('\r\n');
    expect(failureOf([], { consoleText })?.message).toContain(
      'panicked (Oops: int3: 0000 [#1] SMP NOPTI, in sched_clock_cpu+0x5/0x180); console: R10',
    );
  });

  it('repeats what was said', () => {
    expect(failureOf([], { end: { kind: 'exit', code: 1 }, stderr: 'no such model' })?.message).toContain(
      'no such model',
    );
    const killed = failureOf(['guest protocol=1', 'exit status=-1 signal=11', 'end']);
    expect(killed?.message).toContain('SIGSEGV');
    const refused = failureOf(['guest protocol=1', 'err xperf: mode is off', 'exit status=7 signal=0', 'end']);
    expect(refused).toMatchObject({ code: 'hook-refused', message: expect.stringContaining('mode is off') as unknown });
  });
});

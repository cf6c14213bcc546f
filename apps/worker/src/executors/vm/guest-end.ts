import type { Failure } from '#contracts';
import { constants } from 'node:os';
import type { ProgramEnd } from '../../exec/run-program.js';
import { failureOf } from '../xperf/xperf-end.js';
import type { GuestWords } from './guest-words.js';

/** All that is known of a guest that has ended. */
export interface GuestEnd {
  words: Pick<GuestWords, 'protocol' | 'errors' | 'failure' | 'exit' | 'complete'>;
  /** QEMU's end and what it wrote to standard error. */
  end: ProgramEnd;
  stderr: string;
  /** The console's last text. */
  consoleText: string;
  timeoutMs: number;
}

export const qemuMissing: Failure = {
  code: 'qemu-missing',
  message: 'qemu-system-x86_64 is not on this machine',
  remedy: 'apt install qemu-system-x86',
};
const setprivMissing: Failure = {
  code: 'setpriv-missing',
  message: 'setpriv is not on this machine; without it a killed worker would leave its guest running',
  remedy: 'apt install util-linux',
};
const look =
  'Boot it by hand to see more: node kernel/vm/run-once.mjs --series … --console FILE (kernel/vm/README.md).';

function tail(text: string): string {
  const lines = text.trim().split('\n').slice(-8).join(' | ').slice(-1_000);
  return lines === '' ? 'nothing' : lines;
}

/** The first lines of a panic say why and where; its last ones, registers. */
function causeOf(consoleText: string): string {
  const why = /^.*(?:Oops|BUG|general protection fault|stack guard page).*$/m.exec(consoleText);
  if (why === null) return '';
  const where = /^.*RIP: \S+:(\S+)/m.exec(consoleText.slice(why.index))?.[1];
  return ` (${why[0].trim()}${where === undefined ? '' : `, in ${where}`})`;
}

function signalName(signal: number): string {
  return Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`;
}

/** Why a guest can give no result by what it has said so far; null when nothing forbids it. */
export function saidFailure(words: Pick<GuestWords, 'protocol' | 'failure'>): Failure | null {
  if (words.protocol !== null && words.protocol !== '1') {
    const message = `the guest speaks protocol ${words.protocol}, this worker 1`;
    return {
      code: 'guest-protocol',
      message,
      remedy: 'Build the guest again with npm run kernel:build from this tree.',
    };
  }
  if (words.failure !== null)
    return { code: 'guest-failed', message: `the guest failed: ${words.failure}`, remedy: look };
  return null;
}

/** What a guest's end means for the run: null for success, or when we ended it ourselves. */
export function guestFailure({ words, end, stderr, consoleText, timeoutMs }: GuestEnd): Failure | null {
  if (end.kind === 'aborted') return null;
  const said = saidFailure(words);
  if (said !== null) return said;
  if (words.exit !== null && (words.complete || words.exit.status !== 0)) {
    const { status, signal } = words.exit;
    const programEnd: ProgramEnd =
      signal === 0 ? { kind: 'exit', code: status } : { kind: 'signal', signal: signalName(signal) };
    return failureOf(programEnd, words.errors.join('\n'), timeoutMs);
  }
  return early(words.protocol !== null, end, stderr, consoleText, timeoutMs);
}

/** The guest ended without having said that it is through. */
function early(
  greeted: boolean,
  end: Exclude<ProgramEnd, { kind: 'aborted' }>,
  stderr: string,
  consoleText: string,
  timeoutMs: number,
): Failure {
  const state = greeted ? 'had booted but not ended' : 'had not answered';
  const said = `QEMU said: ${tail(stderr)}; console: ${tail(consoleText)}`;
  switch (end.kind) {
    case 'not-started':
      return setprivMissing;
    case 'time-limit':
      return {
        code: 'timeout',
        message: `the guest ${state} after ${timeoutMs} ms; ${said}`,
        remedy: 'Ask for fewer faults a run or a longer timeoutMs, which includes the boot (seconds under emulation).',
      };
    case 'signal':
      return {
        code: 'qemu-killed',
        message: `QEMU was killed by ${end.signal} when the guest ${state}; ${said}`,
        remedy: 'Set accelerator to tcg if it was KVM; look for the out-of-memory killer in the kernel log.',
      };
    case 'exit':
      // 127: setpriv found no program (util-linux, as shells do).
      if (end.code === 127) return qemuMissing;
      if (end.code !== 0) {
        const message = `QEMU ended with status ${end.code} when the guest ${state}; ${said}`;
        return {
          code: 'qemu-failed',
          message,
          remedy: 'Check cpuModel (qemu-system-x86_64 -cpu help) and free memory.',
        };
      }
      if (/Kernel panic/.test(consoleText)) {
        const message = `the guest's kernel panicked${causeOf(consoleText)}; console: ${tail(consoleText)}`;
        return { code: 'guest-panicked', message, remedy: look };
      }
      return {
        code: 'guest-powered-off',
        message: `the guest ${greeted ? 'ended before it was through' : 'powered off without a word'}; ${said}`,
        remedy: look,
      };
  }
}

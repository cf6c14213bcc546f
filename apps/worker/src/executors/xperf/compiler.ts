import { runProgram } from '../../exec/run-program.js';
import { ExecutionError } from '../executor.js';

export interface Compiler {
  command: string;
  /** First line of `--version`, for example `cc (Debian 12.2.0-14+deb12u1) 12.2.0`. */
  version: string;
}

const candidates = ['cc', 'gcc', 'clang'] as const;
export const installCompiler =
  'Install a C compiler and the C library headers: apt install build-essential (Debian, Ubuntu), dnf install gcc ' +
  'glibc-devel (Fedora, RHEL), apk add build-base (Alpine).';

/**
 * The first C compiler on the PATH that answers.
 *
 * @throws ExecutionError `compiler-missing` when there is none.
 */
export async function findCompiler(signal: AbortSignal): Promise<Compiler> {
  for (const command of candidates) {
    const { end, stdout } = await runProgram({ file: command, args: ['--version'], timeLimitMs: 10_000, signal });
    signal.throwIfAborted();
    const version = stdout.split('\n', 1)[0]?.trim();
    if (end.kind === 'exit' && end.code === 0 && version) return { command, version };
  }
  throw new ExecutionError({
    code: 'compiler-missing',
    message: `none of ${candidates.join(', ')} is on this worker's PATH; executors stock-host and patched-host compile kernel/xperf on first use`,
    remedy: `${installCompiler} No restart is needed.`,
  });
}

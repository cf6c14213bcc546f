// The only place of the worker that spawns processes.
import { execa } from 'execa';

/** A program to run, without a shell, in a process group of its own. */
export interface ProgramRequest {
  file: string;
  args: readonly string[];
  cwd?: string;
  /** `open`: standard input is a pipe in which nothing is written and which stays open; default: there is none. */
  stdin?: 'none' | 'open';
  /** The whole group is killed when it runs longer. */
  timeLimitMs: number;
  /** Aborting kills the whole group. */
  signal: AbortSignal;
}

/** How a program ended. `not-started` carries the system's error code, for example ENOENT or EACCES. */
export type ProgramEnd =
  | { kind: 'exit'; code: number }
  | { kind: 'signal'; signal: string }
  | { kind: 'time-limit' }
  | { kind: 'aborted' }
  | { kind: 'not-started'; code: string };

export interface RunningProgram {
  /** Undefined when it could not be started. */
  pid: number | undefined;
  /** Standard output, read no faster than it is taken. Leaving the loop early kills the group. */
  output: AsyncIterable<Uint8Array>;
  /** Settles when the process is gone and its output is closed; never rejects. `stderr` is capped. */
  ended: Promise<{ end: ProgramEnd; stderr: string }>;
  /** Ends it as aborting does; nothing when it is gone. */
  stop(): void;
}

const stderrLimitBytes = 16_384;

/** Process groups that live. Whatever way this process exits, SIGKILL of itself excepted, they go with it. */
const liveGroups = new Set<number>();
let exitHook = false;

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: the group is gone already, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function trackGroup(pid: number): void {
  liveGroups.add(pid);
  if (exitHook) return;
  exitHook = true;
  process.once('exit', () => liveGroups.forEach(killGroup));
}

/** What children may see of our environment: never keys or database addresses. */
function childEnvironment(): Record<string, string> {
  const { PATH = '/usr/local/bin:/usr/bin:/bin', HOME, TMPDIR } = process.env;
  return { PATH, LC_ALL: 'C', ...(HOME === undefined ? {} : { HOME }), ...(TMPDIR === undefined ? {} : { TMPDIR }) };
}

/** Hands the output on; ends quietly when the program was stopped, and kills it when the reader leaves early. */
async function* drain(
  stdout: AsyncIterable<Uint8Array>,
  isStopped: () => boolean,
  leave: () => void,
): AsyncGenerator<Uint8Array> {
  let atEnd = false;
  try {
    yield* stdout;
    atEnd = true;
  } catch (error) {
    if (!isStopped()) throw error;
  } finally {
    if (!atEnd) leave();
  }
}

/** Starts a program. Nothing is thrown: what goes wrong is in `ended`. */
export function startProgram({ file, args, cwd, stdin = 'none', timeLimitMs, signal }: ProgramRequest): RunningProgram {
  const subprocess = execa(file, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: childEnvironment(),
    extendEnv: false,
    detached: true,
    cleanup: false,
    stdin: stdin === 'open' ? 'pipe' : 'ignore',
    buffer: false,
    encoding: 'buffer',
    reject: false,
  });
  const { pid } = subprocess;
  let stopped: 'time-limit' | 'aborted' | undefined;
  const kill = (): void => {
    if (pid !== undefined && liveGroups.has(pid)) killGroup(pid);
  };
  const stop = (why: 'time-limit' | 'aborted'): void => {
    stopped ??= why;
    kill();
    // A consumer that no longer reads must not keep the process from being reaped.
    subprocess.stdout.destroy();
  };
  if (pid !== undefined) trackGroup(pid);

  let stderr = '';
  subprocess.stderr.on('data', (chunk: Buffer) => {
    if (stderr.length < stderrLimitBytes) stderr = (stderr + chunk.toString('utf8')).slice(0, stderrLimitBytes);
  });
  subprocess.on('exit', () => {
    if (pid !== undefined) liveGroups.delete(pid);
  });
  const timer = setTimeout(() => stop('time-limit'), timeLimitMs);
  const onAbort = (): void => stop('aborted');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  const ended = subprocess.then((result) => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    return { end: endOf(result, stopped), stderr };
  });
  return {
    pid,
    output: drain(subprocess.stdout, () => stopped !== undefined, kill),
    ended,
    stop: () => stop('aborted'),
  };
}

function endOf(
  result: { exitCode?: number | undefined; signal?: string | undefined; code?: string | undefined },
  stopped: 'time-limit' | 'aborted' | undefined,
): ProgramEnd {
  if (stopped !== undefined) return { kind: stopped };
  if (result.signal !== undefined) return { kind: 'signal', signal: result.signal };
  if (result.exitCode !== undefined) return { kind: 'exit', code: result.exitCode };
  return { kind: 'not-started', code: result.code ?? 'UNKNOWN' };
}

/** Runs a program to its end and returns what it wrote, standard output capped at `outputLimitBytes`. */
export async function runProgram(
  request: ProgramRequest,
  outputLimitBytes = 65_536,
): Promise<{ end: ProgramEnd; stdout: string; stderr: string }> {
  const program = startProgram(request);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of program.output) {
    if (bytes < outputLimitBytes) chunks.push(chunk.subarray(0, outputLimitBytes - bytes));
    bytes += chunk.length;
  }
  return { ...(await program.ended), stdout: Buffer.concat(chunks).toString('utf8') };
}

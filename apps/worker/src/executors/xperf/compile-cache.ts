import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../../exec/run-program.js';
import { ExecutionError } from '../executor.js';
import { findCompiler, installCompiler, type Compiler } from './compiler.js';
import { type CompiledProgram, prebuilt, readSources, type Sources } from './sources.js';

export type { CompiledProgram } from './sources.js';

const flags = ['-std=gnu11', '-O2'] as const;
const compileLimitMs = 120_000;

/**
 * A program as the worker's package brought it, or compiled. It compiles once for each source, compiler and flags, into `<cacheDir>/<name>-<key>`. It appears under
 * that name by an atomic rename of a finished file, so that workers that compile at the same time, or one killed while
 * compiling, never leave a half-written program behind.
 */
export class CompileCache {
  /** Compilations of this process by key, so that lanes share one. */
  private readonly running = new Map<string, Promise<void>>();
  private found: CompiledProgram | null = null;

  constructor(
    private readonly cacheDir: string,
    private readonly sourceFolder: string | null,
    /** Ends compilations when the worker stops; a single attempt's end does not, as others may wait for the same. */
    private readonly stopSignal: AbortSignal,
    private readonly name: 'xperf' | 'follow' = 'xperf',
  ) {}

  /**
   * The program, compiled if need be. What was found once is kept for as long as this process lives: asking the
   * compiler for its version before each run would stir up the machine that is about to be measured.
   *
   * @throws ExecutionError `compiler-missing`, `sources-missing`, `compile-failed` or `cache-unusable`.
   */
  async program(): Promise<CompiledProgram> {
    if (this.found === null || !(await isProgram(this.found.path))) this.found = await this.find();
    return this.found;
  }

  private async find(): Promise<CompiledProgram> {
    const brought = this.sourceFolder === null ? null : await prebuilt(this.sourceFolder);
    if (brought !== null) return brought;
    const sources = await readSources(this.sourceFolder);
    const compiler = await findCompiler(this.stopSignal);
    const key = cacheKey(sources, compiler);
    const path = join(this.cacheDir, `${this.name}-${key}`);
    await this.useFolder();
    if (!(await isProgram(path))) {
      const running = this.running.get(key) ?? this.compile(sources, compiler, path);
      this.running.set(key, running);
      try {
        await running;
      } finally {
        this.running.delete(key);
      }
    }
    return { path, sourceHash: sources.hash, compiler: compiler.version };
  }

  /** What is executed from here runs with our rights, so nobody else may have put it here. */
  private async useFolder(): Promise<void> {
    try {
      await mkdir(this.cacheDir, { recursive: true, mode: 0o700 });
      await access(this.cacheDir, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw unusable(this.cacheDir, (error as Error).message);
    }
    const { uid, mode } = await stat(this.cacheDir);
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
      throw unusable(this.cacheDir, 'it belongs to, or may be written by, somebody else');
    }
  }

  private async compile(sources: Sources, compiler: Compiler, path: string): Promise<void> {
    const half = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
    const units = sources.units.map((unit) => join(sources.folder, unit));
    try {
      const { end, stderr } = await runProgram({
        file: compiler.command,
        args: [...flags, '-o', half, ...units],
        timeLimitMs: compileLimitMs,
        signal: this.stopSignal,
      });
      this.stopSignal.throwIfAborted();
      if (end.kind !== 'exit' || end.code !== 0) throw compileFailed(this.name, compiler, end.kind, stderr);
      await flushToDisk(half);
      await rename(half, path);
    } finally {
      await rm(half, { force: true });
    }
  }
}

export function cacheKey(sources: Pick<Sources, 'hash'>, compiler: Compiler): string {
  const parts = [sources.hash, compiler.command, compiler.version, ...flags].join('\0');
  return createHash('sha256').update(parts).digest('hex').slice(0, 32);
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Without it, a power cut after the rename could leave an empty program under the final name. */
async function flushToDisk(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function compileFailed(name: string, compiler: Compiler, end: string, stderr: string): ExecutionError {
  const said = stderr.trim().split('\n').slice(0, 8).join('\n').slice(0, 1_500);
  return new ExecutionError({
    code: 'compile-failed',
    message: `${compiler.version} could not compile kernel/${name} (${end}): ${said || 'it said nothing'}`,
    remedy: /\.h: No such file/.test(stderr)
      ? installCompiler
      : `Read the compiler’s words above; compile kernel/${name} by hand.`,
  });
}

function unusable(folder: string, why: string): ExecutionError {
  return new ExecutionError({
    code: 'cache-unusable',
    message: `the folder for compiled programs, ${folder}, can't be used: ${why}`,
    remedy: 'Set WORKER_CACHE_DIR to a folder that belongs to the worker’s user, mode 0700, with space on it.',
  });
}

import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { runProgram, startProgram } from './run-program.js';

const node = process.execPath;
const never = new AbortController().signal;
const script = (source: string, signal = never, timeLimitMs = 30_000) => ({
  file: node,
  args: ['-e', source],
  timeLimitMs,
  signal,
});

/** Whether a process exists and is not a zombie. */
async function lives(pid: number): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Polls the process table: the kernel reaps killed group members on its own time. */
async function gone(pid: number): Promise<void> {
  while (await lives(pid)) await new Promise((resolve) => setImmediate(resolve));
}

async function firstLine(output: AsyncIterator<Uint8Array>): Promise<string> {
  const { value } = (await output.next()) as { value: Uint8Array };
  return Buffer.from(value).toString('utf8').trim();
}

/** A parent that starts a child of its own, prints the child's pid and waits for ever. */
const family = `const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], {stdio: 'inherit'});
  console.log(c.pid); setInterval(() => {}, 1e6);`;

describe('programs run by the worker', () => {
  it('returns output, standard error and exit code', async () => {
    const result = await runProgram(script(`process.stdout.write('out'); console.error('why'); process.exitCode = 3`));
    expect(result).toEqual({ end: { kind: 'exit', code: 3 }, stdout: 'out', stderr: 'why\n' });
  });

  it('says that a program is missing', async () => {
    const missing = { file: 'no-such-compiler', args: [], timeLimitMs: 1_000, signal: never };
    expect((await runProgram(missing)).end).toEqual({ kind: 'not-started', code: 'ENOENT' });
  });

  it('caps standard error and standard output', async () => {
    const noisy = `process.stderr.write('e'.repeat(1e6)); process.stdout.write('o'.repeat(1e6))`;
    const { stdout, stderr } = await runProgram(script(noisy), 1_000);
    expect(stderr).toHaveLength(16_384);
    expect(stdout).toHaveLength(1_000);
  });

  it('kills the whole group when aborted', async () => {
    const abort = new AbortController();
    const program = startProgram(script(family, abort.signal));
    const output = program.output[Symbol.asyncIterator]();
    const grandchild = Number(await firstLine(output));
    abort.abort();
    expect((await program.ended).end).toEqual({ kind: 'aborted' });
    expect((await output.next()).done).toBe(true);
    await gone(grandchild);
    expect(await lives(program.pid ?? 0)).toBe(false);
  });

  it('kills the whole group at the time limit', async () => {
    const program = startProgram(script(family, never, 1_500));
    const grandchild = Number(await firstLine(program.output[Symbol.asyncIterator]()));
    expect((await program.ended).end).toEqual({ kind: 'time-limit' });
    await gone(grandchild);
  });

  it('kills the program when its reader leaves early', async () => {
    // It would end by itself of the broken pipe, at times before it is killed.
    const writes = `process.stdout.on('error', () => undefined); setInterval(() => process.stdout.write('x'), 1)`;
    const program = startProgram(script(writes));
    for await (const chunk of program.output) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect((await program.ended).end.kind).toBe('signal');
  });

  it('does not start what was aborted before', async () => {
    const result = await runProgram(script(`process.stdout.write('late')`, AbortSignal.abort()));
    expect(result.end).toEqual({ kind: 'aborted' });
    expect(result.stdout).toBe('');
  });

  it('keeps the worker’s keys and addresses from its children', async () => {
    process.env['WORKER_KEY'] = 'secret';
    const { stdout } = await runProgram(script('console.log(Object.keys(process.env).sort().join())'));
    delete process.env['WORKER_KEY'];
    expect(stdout).toContain('PATH');
    expect(stdout).not.toContain('WORKER_KEY');
    expect(stdout).not.toContain('DATABASE_URL');
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CompileCache } from './compile-cache.js';

/** A compiler that counts its calls and writes a program of its own: what is tested here is the cache. */
const fakeCompiler = (version: string, outcome = 'echo "#!/bin/sh" > "$out"; chmod 755 "$out"'): string => `#!/bin/sh
if [ "$1" = --version ]; then echo "fake ${version}"; exit 0; fi
echo call >> "$(dirname "$0")/calls"
while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done
${outcome}
`;

describe('CompileCache', () => {
  let folder: string;
  let sources: string;
  const path = process.env['PATH'];
  const never = new AbortController().signal;
  const cache = (): CompileCache => new CompileCache(join(folder, 'cache'), sources, never);
  const calls = async (): Promise<number> =>
    (await readFile(join(folder, 'bin', 'calls'), 'utf8').catch(() => '')).split('\n').length - 1;

  async function installCompiler(script: string, name = 'cc'): Promise<void> {
    await writeFile(join(folder, 'bin', name), script);
    await chmod(join(folder, 'bin', name), 0o755);
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xf-compile-'));
    sources = join(folder, 'xperf');
    await mkdir(sources);
    await mkdir(join(folder, 'bin'));
    await writeFile(join(sources, 'main.c'), 'int main(void) { return 0; }\n');
    await writeFile(join(sources, 'xperf.h'), '\n');
    // The fake needs a shell's own programs only; the machine's compilers must not be found.
    await writeFile(join(folder, 'bin', 'dirname'), '#!/bin/sh\necho "${1%/*}"\n', { mode: 0o755 });
    await writeFile(join(folder, 'bin', 'chmod'), `#!/bin/sh\nexec ${await found('chmod')} "$@"\n`, { mode: 0o755 });
    process.env['PATH'] = join(folder, 'bin');
  });
  afterEach(async () => {
    process.env['PATH'] = path;
    await rm(folder, { recursive: true, force: true });
  });

  async function found(name: string): Promise<string> {
    for (const candidate of (path ?? '').split(':')) {
      if ((await readdir(candidate).catch(() => [] as string[])).includes(name)) return join(candidate, name);
    }
    throw new Error(`${name} is not on the PATH`);
  }

  it('compiles once, and once more for other sources or another compiler', async () => {
    await installCompiler(fakeCompiler('1'));
    const first = await cache().program();
    expect(await cache().program()).toEqual(first);
    expect(await calls()).toBe(1);
    await writeFile(join(sources, 'xperf.h'), '/* changed */\n');
    const changed = await cache().program();
    expect(changed.path).not.toBe(first.path);
    await installCompiler(fakeCompiler('2'));
    const upgraded = await cache().program();
    expect(upgraded).toMatchObject({ compiler: 'fake 2' });
    expect(new Set([first.path, changed.path, upgraded.path]).size).toBe(3);
    expect(await calls()).toBe(3);
  });

  it('compiles once for all who ask one worker at the same time', async () => {
    await installCompiler(fakeCompiler('1'));
    const shared = cache();
    const programs = await Promise.all([shared.program(), shared.program(), shared.program()]);
    expect(new Set(programs.map((program) => program.path)).size).toBe(1);
    expect(await calls()).toBe(1);
  });

  it('is safe for several workers at the same time, and leaves nothing half-made', async () => {
    await installCompiler(fakeCompiler('1'));
    const programs = await Promise.all([cache().program(), cache().program(), cache().program()]);
    const [program] = programs;
    expect(new Set(programs.map(({ path: at }) => at)).size).toBe(1);
    expect(await readdir(dirname(program?.path ?? ''))).toHaveLength(1);
  });

  it('compiles again when the program was removed under a running worker', async () => {
    await installCompiler(fakeCompiler('1'));
    const kept = cache();
    const { path: at } = await kept.program();
    await rm(at);
    expect((await kept.program()).path).toBe(at);
    expect(await calls()).toBe(2);
  });

  it('takes gcc or clang where there is no cc', async () => {
    await installCompiler(fakeCompiler('clang'), 'clang');
    expect(await cache().program()).toMatchObject({ compiler: 'fake clang' });
  });

  it('names what to install when there is no compiler', async () => {
    await expect(cache().program()).rejects.toMatchObject({
      failure: { code: 'compiler-missing', remedy: expect.stringContaining('apt install build-essential') as unknown },
    });
  });

  it('repeats the compiler’s words when it fails, and keeps nothing', async () => {
    await installCompiler(fakeCompiler('1', 'echo "main.c:1: no good" >&2; exit 1'));
    await expect(cache().program()).rejects.toMatchObject({
      failure: { code: 'compile-failed', message: expect.stringContaining('main.c:1: no good') as unknown },
    });
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  it('knows missing C library headers for what they are', async () => {
    const missing = 'echo "main.c:3:10: fatal error: stdio.h: No such file or directory" >&2; exit 1';
    await installCompiler(fakeCompiler('1', missing));
    await expect(cache().program()).rejects.toMatchObject({
      failure: { remedy: expect.stringContaining('build-essential') as unknown },
    });
  });

  it('says when the sources are not there', async () => {
    await installCompiler(fakeCompiler('1'));
    await rm(sources, { recursive: true });
    await expect(cache().program()).rejects.toMatchObject({ failure: { code: 'sources-missing' } });
    const nowhere = new CompileCache(join(folder, 'cache'), null, never);
    await expect(nowhere.program()).rejects.toMatchObject({ failure: { code: 'sources-missing' } });
  });

  it('uses no folder that others may write to, nor one that can not be made', async () => {
    await installCompiler(fakeCompiler('1'));
    await mkdir(join(folder, 'cache'));
    await chmod(join(folder, 'cache'), 0o777);
    await expect(cache().program()).rejects.toMatchObject({ failure: { code: 'cache-unusable' } });
    await writeFile(join(folder, 'file'), '');
    const inFile = new CompileCache(join(folder, 'file', 'cache'), sources, never);
    await expect(inFile.program()).rejects.toMatchObject({
      failure: { code: 'cache-unusable', remedy: expect.stringContaining('WORKER_CACHE_DIR') as unknown },
    });
  });
});

import { probeNames, probeOf } from '#contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { measuredLoopFaults } from './disassembly.mjs';

const run = promisify(execFile);
const sources = join(process.cwd(), 'kernel', 'xperf');

/** 32-bit FNV-1a, written again from its definition so that the program is not checked against itself. */
const fnv1a = (text: string): string =>
  [...Buffer.from(text)]
    .reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5)
    .toString(16)
    .padStart(8, '0');

describe('the xperf program (needs a C compiler: apt install build-essential)', () => {
  let folder: string;
  let program: string;
  const xperf = (...options: string[]) => spawnSync(program, options, { encoding: 'utf8' });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xperf-'));
    program = join(folder, 'xperf');
    const files = (await readdir(sources)).filter((name) => name.endsWith('.c')).map((name) => join(sources, name));
    await run('cc', ['-O2', '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-o', program, ...files]);
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has nothing between stamp and crossing once compiled', async () => {
    const { stdout } = await run('objdump', ['-d', '--no-show-raw-insn', program], { maxBuffer: 64 << 20 });
    expect(measuredLoopFaults(stdout)).toEqual([]);
  });

  it('knows the probes of the catalogue', () => {
    expect(xperf().stderr).toContain(`--probe ${probeNames.join('|')} `);
    expect(xperf('--probe', 'page', '--run', '00c0ffee').stderr).toContain(`expected one of ${probeNames.join(', ')}`);
  });

  const printed = probeNames.filter((probe) => probeOf(probe).printer === 'xperf');
  it.each(printed)('prints a whole run of %s: begin, every sequence number once, end', (probe) => {
    const { stdout, status } = xperf('--probe', probe, '--faults', '1000', '--warmup', '64', '--run', '00c0ffee');
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    for (const line of lines) {
      const [text, checksum] = line.split(' ck=');
      expect(checksum).toBe(fnv1a(text ?? ''));
      expect(line.length).toBeLessThan(1000);
    }
    expect(lines[0]).toMatch(
      /^xperf: magic=0x19940619 v=1 run=00c0ffee begin probe=\w+ faults=1000 warmup=64 pid=\d+ cpu=\d+ batch=64 overhead=\d+ /,
    );
    const sequence = lines.slice(1, -1).flatMap((line) => {
      const match = new RegExp(` seq=(\\d+) n=(\\d+) ${probe}=([\\d,!]+) ck=`).exec(line);
      const values = match?.[3]?.split(',') ?? [];
      expect(values).toHaveLength(Number(match?.[2]));
      return values.map((_, index) => Number(match?.[1]) + index);
    });
    const end = /end faults=1000 samples=(\d+) rejected=(\d+) ck=/.exec(lines.at(-1) ?? '');
    expect(sequence).toHaveLength(Number(end?.[1]));
    expect(sequence.length + Number(end?.[2])).toBe(1000);
    expect(new Set(sequence).size).toBe(sequence.length);
  });

  it('prints one sample a line when asked for batches of one', () => {
    const { stdout } = xperf('--probe', 'pf_rt', '--faults', '3', '--run', '00000001', '--batch', '1');
    expect(stdout.match(/ seq=\d+ pf_rt=\d+ irq=[01] ck=/g)?.length).toBeGreaterThan(0);
  });

  it.each([
    { options: ['--probe', 'pf_rt', '--run', '00000001', '--cpu', '1023'], status: 3, says: 'cannot pin to CPU 1023' },
    { options: ['--probe', 'pf_rt'], status: 2, says: '--run is missing' },
    { options: ['--probe', 'pf_rt', '--run', '00000001', '--parent', '1'], status: 10, says: 'named by --parent' },
    { options: ['--probe', 'nap', '--run', '00000001'], status: 2, says: '--probe nap' },
    { options: ['--probe', 'pf_rt', '--run', '1'], status: 2, says: '--run 1' },
    { options: ['--probe', 'pf_rt', '--run', '00000001', '--batch', '65'], status: 2, says: 'from 1 to 64' },
    { options: ['--probe', 'pf_rt', '--run', '00000001', '--faults', '-1'], status: 2, says: '--faults -1' },
  ])('refuses $options with status $status', ({ options, status, says }) => {
    const result = xperf(...options);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(says);
    expect(result.stdout).toBe('');
  });

  it('refuses probe pf where no hook is, or where the hook does not serve', () => {
    const result = xperf('--probe', 'pf', '--run', '00000001', '--faults', '10');
    expect(result.status).toBe(existsSync('/proc/xperf') ? 0 : 5);
  });

  it('ends with status 4 and the reason when memory cannot be mapped', () => {
    // Somewhere between "cannot even be loaded" and "has enough" there is room for the program but not for its pages.
    const limits = Array.from({ length: 64 }, (_, step) => 512 + step * 96);
    const results = limits.map((kibibytes) =>
      spawnSync('sh', ['-c', `ulimit -v ${kibibytes}; exec ${program} --probe pf_rt --run 00000001 --faults 64`], {
        encoding: 'utf8',
      }),
    );
    const refused = results.filter(({ status }) => status === 4);
    expect(refused.length).toBeGreaterThan(0);
    for (const { stderr, stdout } of refused) {
      expect(stderr).toContain('mmap of');
      expect(stdout).toBe('');
    }
  });

  it('ends with status 8 when its output cannot be written', () => {
    const result = spawnSync('sh', ['-c', `${program} --probe pf_rt --run 00000001 --faults 20000 > /dev/full`], {
      encoding: 'utf8',
    });
    expect(result.status).toBe(8);
    expect(result.stderr).toContain('cannot write to standard output');
  });

  describe('on a kernel whose /proc/xperf says something else', () => {
    let hookFile: string;
    let against: string;

    // The same sources but for the path, which is a file that a test can write.
    beforeAll(async () => {
      const copy = join(folder, 'copy');
      await cp(sources, copy, { recursive: true });
      hookFile = join(folder, 'proc-xperf');
      against = join(folder, 'xperf-against-a-file');
      const text = await readFile(join(copy, 'crossing.c'), 'utf8');
      expect(text).toContain('#define HOOK_FILE "/proc/xperf"');
      await writeFile(join(copy, 'crossing.c'), text.replace('"/proc/xperf"', JSON.stringify(hookFile)));
      const files = (await readdir(copy)).filter((name) => name.endsWith('.c')).map((name) => join(copy, name));
      await run('cc', ['-O2', '-std=gnu11', '-o', against, ...files]);
    }, 60_000);

    it.each([
      { says: 'version=2\nmagic=0x19940619\nmode=any\n', status: 6, complains: 'says version 2, magic 0x19940619' },
      { says: 'version=1\nmagic=0x00000001\nmode=any\n', status: 6, complains: 'build kernel and xperf from the same' },
      { says: '', status: 6, complains: 'says version 0' },
      { says: 'version=1\nmagic=0x19940619\nmode=any\n', status: 6, complains: 'does not name the capability settle' },
      {
        says: 'version=1\nmagic=0x19940619\ncapabilities=u2k,settle\nmode=off\n',
        status: 7,
        complains: 'switched off',
      },
    ])('ends with status $status: $complains', async ({ says, status, complains }) => {
      await writeFile(hookFile, says);
      const result = spawnSync(against, ['--probe', 'pf', '--run', '00000001', '--faults', '5'], { encoding: 'utf8' });
      expect({ status: result.status, stdout: result.stdout }).toEqual({ status, stdout: '' });
      expect(result.stderr).toContain(complains);
    });
  });
});

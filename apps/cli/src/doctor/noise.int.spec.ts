import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rmSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { join } from 'node:path';
import type { Machine } from '#noise-control';
import { fakeMachine, fakeRoot, laptopFiles, textsIn } from '../../../../libs/noise-control/src/testing/fake-root.js';
import { exitCodes } from '../exit-codes.js';
import { run } from '../main.js';

describe('xf doctor on a machine that is a folder', () => {
  let root: string;
  let machine: Machine;

  beforeEach(() => {
    root = fakeRoot({ ...laptopFiles, 'proc/self/status': 'Cpus_allowed_list:\t0-3\n' });
    machine = fakeMachine(root);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  async function doctor(...options: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const context = {
      root: '',
      dataDir: root,
      environment: {},
      version: '0.0.0',
      setupMs: {},
      out,
      err,
      machine,
      exitCode: exitCodes.ok,
    };
    const code = await run(['doctor', ...options], context);
    const said = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? '';
    return { code, stdout: said(out), stderr: said(err) };
  }

  it('names each knob, what was found and what to do, and changes nothing', async () => {
    const { code, stdout } = await doctor();
    expect(code).toBe(exitCodes.ok);
    expect(stdout).toMatch(/noise of runs on CPU 3: noisy/);
    expect(stdout).toMatch(/governor +powersave +performance/);
    expect(stdout).toMatch(/→ governor, turbo, huge-pages: xf doctor --apply sets it/);
    expect(textsIn(root)).toEqual(laptopFiles);
  });

  it('sets with --apply, refuses to do it twice, and puts back with --restore', async () => {
    const applied = await doctor('--apply');
    expect(applied.stdout).toMatch(/governor: powersave → performance/);
    expect(applied.stdout).toMatch(/irqs: 2 files/);
    expect(applied.code).toBe(exitCodes.ok);

    const twice = await doctor('--apply');
    expect(twice).toMatchObject({ code: exitCodes.failed, stdout: '' });
    expect(twice.stderr).toContain('xf doctor --restore');

    const { code, stdout } = await doctor('--restore');
    expect(code).toBe(exitCodes.ok);
    expect(stdout).toMatch(/governor: performance → powersave/);
    expect(textsIn(root)).toEqual(laptopFiles);
    expect((await doctor('--restore')).stdout).toContain('nothing to undo');
  });

  it('fails when something that could be set was refused, and says what', async () => {
    const { write } = machine.files;
    machine.files.write = (file, text) => {
      if (file.includes('smp_affinity')) throw Object.assign(new Error('refused'), { code: 'EPERM' });
      write(file, text);
    };
    const { code, stdout } = await doctor('--apply');
    expect(code).toBe(exitCodes.failed);
    expect(stdout).toContain('irqs: /proc/irq/9/smp_affinity_list and 1 more: EPERM');
  });

  it('says what it needs where it may not change anything', async () => {
    writeFileSync(join(root, 'run'), '');
    const { code, stderr } = await doctor('--apply');
    expect(code).toBe(exitCodes.failed);
    expect(stderr).toContain('run as root');
    expect(textsIn(root)).toEqual(laptopFiles);
  });

  it('prints JSON, also of another CPU', async () => {
    const { stdout } = await doctor('--cpu', '2', '--json');
    const { noise } = JSON.parse(stdout) as { noise: { cpu: number; findings: { knob: string; verdict: string }[] } };
    expect(noise.cpu).toBe(2);
    expect(noise.findings).toContainEqual(expect.objectContaining({ knob: 'governor', verdict: 'unknown' }));
  });

  it.each([[['--cpu', '9']], [['--cpu', 'x']], [['--apply', '--restore']]])('refuses %j', async (options) => {
    expect((await doctor(...options)).code).toBe(exitCodes.usage);
    expect(textsIn(root)).toEqual(laptopFiles);
  });
});

// The executor's failures, each with a QEMU that behaves in one way: a shell script, so that no QEMU is needed. With the
// real one: apps/worker/src/vm.guest.spec.ts.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Guest } from '#contracts';
import { guestFactLines } from '../../testing/guest-fact-lines.js';
import { ExecutionError, type ExecutionRequest } from '../executor.js';
import { Guests } from './guests.js';
import { bootableSeries } from './kernel-images.js';
import { folderUnusable, RunFolders } from './run-folders.js';
import { createVm } from './vm.js';
import { vmSettingsSchema } from './vm-settings.js';

const own = vmSettingsSchema.parse({ series: '6.12', kpti: true, accelerator: 'tcg' });
const record = '6,100,1000,-;a record of the log';
const through = ['exit status=0 signal=0', 'after', 'end'];

/** Shell that writes these lines of the guest to the port. */
const says = (...lines: string[]): string =>
  `/bin/cat <<'PORT'\n${lines.map((line) => (line === record ? line : `@${line}`)).join('\n')}\nPORT`;
const withoutPti = (line: string): string => line.replace('Mitigation: PTI', 'Vulnerable').replace(' pti', '');
const greeting = ['guest protocol=1', ...guestFactLines];
/** Its input never ends, so this waits for ever. */
const hangs = 'read -r _';
const panics = `for word in "$@"; do case $word in file:*) echo 'Kernel panic - not syncing: out of words' > "\${word#file:}";; esac; done`;

describe('the executor vm', () => {
  let folder: string;
  const path = process.env['PATH'];
  const programs = (): string => join(folder, 'bin');

  async function program(name: string, script: string): Promise<void> {
    await writeFile(join(programs(), name), `#!/bin/sh\n${script}\n`);
    await chmod(join(programs(), name), 0o755);
  }
  const qemu = (script: string): Promise<void> =>
    program('qemu-system-x86_64', `[ "$1" = --version ] && { echo 'QEMU emulator version 9.9.9'; exit 0; }\n${script}`);
  const setpriv = (): Promise<void> => program('setpriv', 'shift 2\nexec "$@" || exit 127');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xf-vm-int-'));
    for (const made of ['bin', 'kernel/6.12/images/hook', 'kernel/guest']) {
      await mkdir(join(folder, made), { recursive: true });
    }
    for (const built of ['6.12/images/hook', 'guest']) {
      await writeFile(join(folder, 'kernel', built, 'stamp.json'), '{"input": "00ff"}');
    }
    // Only what a test makes is on the path.
    process.env['PATH'] = programs();
  });
  afterEach(async () => {
    process.env['PATH'] = path;
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs one attempt to its end: what the log brought, and the failure with its boot state. */
  async function attempt(change: Partial<ExecutionRequest> = {}, cache = join(folder, 'runs')) {
    const signal = new AbortController().signal;
    const guests = new Guests(join(folder, 'kernel'), new RunFolders(cache), signal);
    const executor = createVm(own, guests, 'emulated', ['6.12'], () => Promise.resolve(null));
    const request = { probe: 'pf', faults: 5, warmup: 0, nonce: '0badcafe', seed: 0, timeoutMs: 20_000 } as const;
    const log: Uint8Array[] = [];
    try {
      const execution = await executor.prepare({ ...request, ...change }, signal);
      for await (const bytes of execution.execute()) log.push(bytes);
      return { log: Buffer.concat(log).toString(), bootState: execution.bootState, failure: null };
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      return { log: Buffer.concat(log).toString(), bootState: error.bootState, failure: error.failure };
    }
  }

  it('brings a guest’s log home, and leaves nothing', async () => {
    await setpriv();
    await qemu(says(...greeting, record, ...through));
    const { log, failure, bootState } = await attempt();
    expect({ log, failure }).toEqual({ log: `${record}\n`, failure: null });
    expect(bootState).toMatchObject({ kpti: true, extra: { qemuVersion: '9.9.9' } });
    expect(await readdir(join(folder, 'runs'))).toEqual([]);
  });

  it('boots another guest when a kernel panics before it begins, but not for ever and not in mid-run', async () => {
    await setpriv();
    const count = `/bin/cat <<'B' >> ${folder}/boots\nx\nB`;
    const boots = async () => (await readFile(join(folder, 'boots'), 'utf8')).split('x').length - 1;
    const first = `[ -e ${folder}/boots ] || { ${count}\n${panics}\nexit 0; }`;
    await qemu(`${first}\n${count}\n${says(...greeting, record, ...through)}`);
    expect(await attempt()).toMatchObject({ log: `${record}\n`, failure: null });
    expect(await boots()).toBe(2);
    expect(await readdir(join(folder, 'runs'))).toEqual([]);
    await rm(join(folder, 'boots'));
    await qemu(`${count}\n${panics}`);
    expect(await attempt()).toMatchObject({ failure: { code: 'guest-panicked' } });
    expect(await boots()).toBe(3);
    await rm(join(folder, 'boots'));
    await qemu(`${count}\n${says(...greeting, record)}\n${panics}`);
    expect(await attempt()).toMatchObject({ failure: { code: 'guest-panicked' } });
    expect(await boots()).toBe(1);
  });

  it('brings home what xperf itself printed when it measures round trips, and nothing else', async () => {
    await setpriv();
    const lines = ['xperf: magic=0x19940619 v=1 run=0badcafe begin probe=syscall_rt', 'xperf: and so on'];
    const said = lines.map((line) => `out ${line}`);
    await qemu(`echo "$*" > ${folder}/asked\n${says(...greeting, ...said, 'err a word aside', ...through)}`);
    const { log, failure } = await attempt({ probe: 'syscall_rt' });
    expect({ log, failure }).toEqual({ log: `${lines.join('\n')}\n`, failure: null });
    const asked = await readFile(join(folder, 'asked'), 'utf8');
    expect(asked).toMatch(/ xperf\.args=--probe,syscall_rt,\S* xperf\.read=no /);
  });

  it.each<[string, string | null, Partial<ExecutionRequest>, RegExp, RegExp]>([
    ['qemu-missing', null, {}, /qemu-system-x86_64 is not on this machine/, /apt install qemu-system-x86/],
    ['guest-protocol', says('guest protocol=2', 'end'), {}, /speaks protocol 2/, /kernel:build/],
    ['guest-failed', says('guest protocol=1', 'error /dev/kmsg: no such file', 'end'), {}, /no such file/, /run-once/],
    ['guest-kpti', says(...greeting.map(withoutPti), record, ...through), {}, /KPTI was to be on/, /kernel:build/],
    ['guest-powered-off', says(...greeting, record), {}, /ended before it was through/, /run-once/],
    ['guest-powered-off', ':', {}, /powered off without a word/, /run-once/],
    ['guest-panicked', panics, {}, /out of words/, /run-once/],
    ['guest-panicked', `${says(...greeting, record)}\n${panics}`, {}, /out of words/, /run-once/],
    ['timeout', hangs, { timeoutMs: 300 }, /had not answered after 300 ms/, /timeoutMs/],
    ['timeout', `${says(...greeting, record)}\n${hangs}`, { timeoutMs: 2_000 }, /had booted but not ended/, /timeoutMs/],
    ['qemu-failed', 'echo no such model >&2; exit 1', {}, /no such model/, /-cpu help/],
    ['qemu-killed', `${says(...greeting, record)}\nkill -9 $$`, {}, /SIGKILL/, /out-of-memory/],
    ['guest-facts', says('guest protocol=1', record, ...through), {}, /did not show what it is/, /kernel:build/],
    [
      'hook-version',
      says(...greeting, 'err xperf: /proc/xperf says version 2, magic 0x19940619', 'exit status=6 signal=0', 'after', 'end'),
      {},
      /says version 2/,
      /from the same tree/,
    ],
    ['image-missing', ':', { guest: { series: '6.1', kpti: false } }, /6\.1/, /kernel:build -- --series 6\.1/],
  ])('fails as %s', async (code, script, change, message, remedy) => {
    await setpriv();
    if (script !== null) await qemu(script);
    const { failure } = await attempt(change);
    expect(failure).toMatchObject({
      code,
      message: expect.stringMatching(message) as unknown,
      remedy: expect.stringMatching(remedy) as unknown,
    });
    expect(await readdir(join(folder, 'runs')).catch(() => [])).toEqual([]);
  }); // prettier-ignore

  it('fails as setpriv-missing', async () => {
    await qemu(says(...greeting, record, ...through));
    expect((await attempt()).failure).toMatchObject({ code: 'setpriv-missing', remedy: 'apt install util-linux' });
  });

  it('fails as cache-unusable when no folder can be made, and names a full disk', async () => {
    await setpriv();
    await qemu(says(...greeting, record, ...through));
    await writeFile(join(folder, 'file'), '');
    const inFile = join(folder, 'file', 'runs');
    expect((await attempt({}, inFile)).failure).toMatchObject({
      code: 'cache-unusable',
      message: expect.stringContaining(inFile) as unknown,
      remedy: expect.stringContaining('WORKER_CACHE_DIR') as unknown,
    });
    const full = folderUnusable('/cache', Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }));
    expect(full.failure).toMatchObject({ message: expect.stringContaining('the disk is full') as unknown });
    expect(full.failure.remedy).toMatch(/Free space/);
  });

  it('boots the guest of a cell, and says of one that does not come up what it was to be', async () => {
    await setpriv();
    await qemu(`echo "$*" > ${folder}/asked; exit 1`);
    const cell: Guest = { series: '6.12', kpti: false, cpuModel: 'EPYC,-pcid', bootOptions: 'mitigations=off nokaslr' };
    const { bootState, failure } = await attempt({ guest: cell });
    expect(failure?.code).toBe('qemu-failed');
    const asked = await readFile(join(folder, 'asked'), 'utf8');
    expect(asked).toContain('-cpu EPYC,-pcid ');
    expect(asked).toMatch(/ pti=off .* mitigations=off nokaslr /);
    expect(bootState).toMatchObject({
      kpti: false,
      extra: { notBooted: 'qemu-failed', cpuModel: 'EPYC,-pcid', bootOptions: 'mitigations=off nokaslr' },
    });
  });

  it('announces the series that there are images of', async () => {
    expect(await bootableSeries(join(folder, 'kernel'))).toEqual(['6.12']);
    expect(await bootableSeries(join(folder, 'nowhere'))).toEqual([]);
  });
});

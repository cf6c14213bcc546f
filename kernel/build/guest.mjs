// Compiles the guest's programs and packs its initramfs.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCode } from '../../scripts/setup/error-code.mjs';
import { guestPaths } from './cache.mjs';
import { readInput } from './compile.mjs';
import { MODE, cpioArchive } from './cpio.mjs';
import { missingPackages, refuseMissing, runProgram } from './programs.mjs';

const kernel = join(dirname(fileURLToPath(import.meta.url)), '..');
/** @param {string} name */
const guest = (name) => join(kernel, 'vm', 'guest', name);
/** @param {string} name */
const follow = (name) => join(kernel, 'follow', name);
const COMPILE = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-static'];
/**
 * What else a program needs to be linked.
 *
 * @type {Readonly<Record<string, string[]>>}
 */
const LINK = { slots: ['-Wl,--wrap=xperf_touch_marked'] };
/** Kept outside the archive too: they are disassembled. */
const KEPT = ['xperf', 'slots'];

/** Sources of each program of the guest. */
async function programs() {
  const xperf = (await readdir(join(kernel, 'xperf'))).filter((name) => name.endsWith('.c')).sort();
  const sources = xperf.map((name) => join(kernel, 'xperf', name));
  const library = sources.filter((path) => !path.endsWith('/main.c'));
  return {
    init: [...['init.c', 'power.c', 'port.c', 'facts.c', 'job.c', 'follow.c'].map(guest), follow('kmsg.c')],
    host: [guest('host.c')],
    xperf: sources,
    regcheck: [guest('regcheck.c'), ...library],
    as: [guest('as.c')],
    crowd: [guest('crowd.c'), ...library],
    slots: [guest('slots.c'), ...sources],
  };
}

/** @param {Record<string, string[]>} sources of each program */
async function inputHash(sources) {
  const hash = createHash('sha256')
    .update(COMPILE.join(' ') + JSON.stringify(LINK))
    .update(await runProgram('cc', ['--version']));
  const headers = [guest('guest.h'), follow('kmsg.h'), join(kernel, 'xperf', 'xperf.h')];
  for (const path of [...headers, ...Object.values(sources).flat()]) hash.update(path).update(await readFile(path));
  return hash.digest('hex');
}

/** @param {string} stamp */
async function builtHash(stamp) {
  try {
    return readInput(await readFile(stamp, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * @param {string} folder where the compiled programs are
 * @returns {Promise<Buffer>}
 */
async function pack(folder) {
  /** @param {string} name @param {string} path */
  const program = async (name, path) => ({ path, mode: MODE.program, content: await readFile(join(folder, name)) });
  return cpioArchive([
    ...['bin', 'dev', 'proc', 'sys', 'tmp'].map((path) => ({ path, mode: MODE.folder })),
    { path: 'dev/console', mode: MODE.characterDevice, device: [5, 1] },
    await program('init', 'init'),
    ...(await Promise.all(
      ['host', 'as', 'xperf', 'regcheck', 'crowd', 'slots'].map((name) => program(name, `bin/${name}`)),
    )),
  ]);
}

/**
 * Makes the initramfs when it is not up to date.
 * @returns {Promise<string>} its path
 */
export async function provideGuest() {
  refuseMissing(await missingPackages(['cc']));
  const paths = guestPaths();
  const sources = await programs();
  const input = await inputHash(sources);
  if ((await builtHash(paths.stamp)) === input) return paths.initramfs;
  await mkdir(paths.folder, { recursive: true });
  const fresh = await mkdtemp(join(paths.folder, 'new-'));
  try {
    for (const [name, files] of Object.entries(sources))
      await runProgram('cc', [...COMPILE, ...(LINK[name] ?? []), '-o', join(fresh, name), ...files]);
    await writeFile(join(fresh, 'initramfs'), await pack(fresh));
    await rename(join(fresh, 'initramfs'), paths.initramfs);
    for (const name of KEPT) await rename(join(fresh, name), paths.program(name));
    await writeFile(paths.stamp, JSON.stringify({ input }));
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return paths.initramfs;
}

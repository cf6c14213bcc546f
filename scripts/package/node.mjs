// The Node.js that runs this as a package of its own, for hosts whose own is older than the worker takes: Debian 12 has 18.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { debianPackage, hasDpkg, write } from './files.mjs';

const name = 'xperf-fleet-node';

/** Debian's packages of the libraries that Node's own builds are linked with. */
const packageOf = {
  'libc.so.6': 'libc6',
  'libdl.so.2': 'libc6',
  'libm.so.6': 'libc6',
  'libpthread.so.0': 'libc6',
  'librt.so.1': 'libc6',
  'ld-linux-x86-64.so.2': 'libc6',
  'libstdc++.so.6': 'libstdc++6',
  'libgcc_s.so.1': 'libgcc-s1',
  'libatomic.so.1': 'libatomic1',
};

/** @param {string} program */
function dependencies(program) {
  const text = execFileSync('ldd', [program], { encoding: 'utf8' });
  const libraries = [...text.matchAll(/^\s+(?:\S*\/)?([\w+.-]+\.so[\w.]*) /gm)].map(([, library = '']) => library);
  const foreign = libraries.filter((one) => !Object.hasOwn(packageOf, one) && !one.startsWith('linux-vdso'));
  if (foreign.length > 0) {
    throw new Error(
      `${program} needs ${foreign.join(', ')}, which this package would not bring along; run npm run package with a Node.js from nodejs.org`,
    );
  }
  const known = /** @type {Record<string, string>} */ (packageOf);
  return [...new Set(libraries.flatMap((one) => known[one] ?? []))].sort();
}

/**
 * @param {import('./files.mjs').Manifest} of
 * @param {string} out
 */
export function packageNode(of, out) {
  if (!hasDpkg()) throw new Error('the package of Node.js takes dpkg-deb: apt-get install dpkg');
  const node = fs.realpathSync(process.execPath);
  const folder = path.join(out, 'node-deb');
  const program = path.join(folder, 'usr', 'lib', name, 'bin', 'node');
  fs.mkdirSync(path.dirname(program), { recursive: true });
  fs.copyFileSync(node, program);
  fs.chmodSync(program, 0o755);
  const licence = path.join(path.dirname(node), '..', 'LICENSE');
  const words = fs.existsSync(licence)
    ? fs.readFileSync(licence, 'utf8')
    : 'Node.js is under the MIT licence: https://github.com/nodejs/node/blob/main/LICENSE\n';
  write(path.join(folder, 'usr', 'share', 'doc', name, 'copyright'), words);
  const file = debianPackage(folder, out, {
    ...{ name, version: process.versions.node, architecture: 'amd64' },
    // xz takes ten times as long for a fifth less.
    compression: ['-Zgzip', '-z6'],
    fields: {
      Depends: dependencies(node).join(', '),
      Description: `Node.js ${process.versions.node} for the worker of xperf-fleet\n Stands beside the system's own: /usr/lib/${name}/bin/node, in nobody's PATH. Packed for ${of.name} ${of.version}.`,
    },
  });
  fs.rmSync(folder, { recursive: true });
  return [file];
}

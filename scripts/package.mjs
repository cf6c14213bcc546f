// npm run package [-- xf] [worker] [node] [guests] [--out FOLDER]: programs by themselves, in dist-package/.
//   xf      the command line: a bundle, an npm tarball, a Debian package
//   worker  the worker's daemon: a tarball and a Debian package
//   node    the Node.js that runs this, as a Debian package, for hosts whose own is older (Debian 12)
//   guests  the patched kernels of npm run kernel:build and their guest, as a Debian package, for hosts that serve executor vm
import './setup/check-node.mjs';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bytesOf, hasDpkg, manifest } from './package/files.mjs';
import { packageGuests } from './package/guests.mjs';
import { packageNode } from './package/node.mjs';
import { packageWorker } from './package/worker.mjs';
import { packageXf } from './package/xf.mjs';
import { inRoot, root } from './setup/project.mjs';
import { main, setUp } from './setup/set-up.mjs';

const makers = { xf: packageXf, worker: packageWorker, node: packageNode, guests: packageGuests };
const usual = ['xf', 'worker'];

void main(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  const wanted = positionals.length === 0 ? usual : positionals;
  const unknown = wanted.filter((name) => !Object.hasOwn(makers, name));
  if (unknown.length > 0)
    throw new Error(`can't make ${unknown.join(', ')}; there are ${Object.keys(makers).join(', ')}`);
  await setUp({ install: false });
  const out = values.out === undefined ? inRoot('dist-package') : path.resolve(values.out);
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out, { recursive: true });
  const of = manifest(inRoot('package.json'));
  if (!hasDpkg()) process.stderr.write('no Debian packages: dpkg-deb is not installed\n');
  for (const [name, make] of Object.entries(makers)) {
    if (!wanted.includes(name)) continue;
    for (const file of await make(of, out)) {
      const bytes = fs.statSync(file).isDirectory() ? bytesOf(file) : fs.statSync(file).size;
      process.stdout.write(`${path.relative(root, file)}  ${bytes} bytes\n`);
    }
  }
});

// A root folder as a minimal Debian has it, made of the packages that are installed on this machine: no network, two seconds.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  copyFileSync,
  readdirSync,
} from 'node:fs';
import path from 'node:path';

const dpkgFolder = '/var/lib/dpkg';
/** Documents and translations are nobody's dependency. */
const notNeeded = /^\/usr\/share\/(doc|man|locale|info|i18n|lintian|bash-completion|zoneinfo)\//;

interface Installed {
  name: string;
  paragraph: string;
  essential: boolean;
  needs: string[][];
  provides: string[];
}

/** `a (>= 1) | b, c` as [[a, b], [c]]. */
function alternatives(field: string): string[][] {
  return field
    .split(',')
    .map((one) => one.split('|').map((name) => name.trim().replace(/[ :(].*$/s, '')))
    .filter(([first]) => first !== '' && first !== undefined);
}

function installedPackages(): Installed[] {
  return readFileSync(path.join(dpkgFolder, 'status'), 'utf8')
    .split('\n\n')
    .filter((paragraph) => /^Status: install ok installed$/m.test(paragraph))
    .map((paragraph) => {
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1] ?? '';
      return {
        ...{ name: field('Package'), paragraph, essential: field('Essential') === 'yes' },
        needs: [...alternatives(field('Pre-Depends')), ...alternatives(field('Depends'))],
        provides: alternatives(field('Provides')).map(([name = '']) => name),
      };
    });
}

/** Debian's essential packages, and further ones, with all that they need. */
function closure(more: readonly string[]): Installed[] {
  const all = installedPackages();
  const named = new Map(all.flatMap((one) => [...one.provides.map((name) => [name, one] as const)]));
  for (const one of all) named.set(one.name, one);
  const chosen = new Set<Installed>();
  const choose = (names: readonly string[]): void => {
    const found = names.map((name) => named.get(name)).find((one) => one !== undefined);
    if (found === undefined) throw new Error(`this machine has none of the packages ${names.join(', ')}`);
    if (chosen.has(found)) return;
    chosen.add(found);
    found.needs.forEach(choose);
  };
  for (const { name, essential } of all) if (essential) choose([name]);
  for (const name of more) choose([name]);
  return [...chosen];
}

function filesOf({ name }: Installed): string[] {
  const list = [`${name}.list`, `${name}:amd64.list`]
    .map((file) => path.join(dpkgFolder, 'info', file))
    .find(existsSync);
  return list === undefined
    ? []
    : readFileSync(list, 'utf8')
        .split('\n')
        .filter((file) => file !== '' && file !== '/.');
}

/**
 * Makes `root`, with Debian's own database of packages in it, so that `dpkg --root` and its maintainer scripts work there.
 *
 * @param more packages beside the essential ones
 */
export function makeCleanRoot(root: string, more: readonly string[]): void {
  const packages = closure(more);
  for (const folder of ['dev', 'etc', 'proc', 'run', 'tmp', 'usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'root']) {
    mkdirSync(path.join(root, folder), { recursive: true });
  }
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${folder}`, path.join(root, folder));
  const files = packages
    .flatMap(filesOf)
    .filter((file) => !notNeeded.test(file) && existsSync(file) && !/^\/(dev|proc|run|tmp|sys)(\/|$)/.test(file));
  const archive = spawnSync('tar', ['--create', '--no-recursion', '--directory=/', '--null', '--files-from=-'], {
    input: [...new Set(files)].map((file) => `.${file}\0`).join(''),
    maxBuffer: 1_000_000_000,
  });
  const unpacked = spawnSync('tar', ['--extract', '--keep-directory-symlink', `--directory=${root}`], {
    input: archive.stdout,
  });
  if (archive.status !== 0 || unpacked.status !== 0)
    throw new Error(`${String(archive.stderr)}${String(unpacked.stderr)}`);

  const database = path.join(root, dpkgFolder);
  for (const folder of ['info', 'updates', 'triggers']) mkdirSync(path.join(database, folder), { recursive: true });
  writeFileSync(path.join(database, 'status'), packages.map(({ paragraph }) => `${paragraph}\n\n`).join(''));
  const own = new Set(packages.map(({ name }) => name));
  for (const file of readdirSync(path.join(dpkgFolder, 'info'))) {
    if (own.has(file.replace(/(:amd64)?\.\w+$/, '')))
      copyFileSync(path.join(dpkgFolder, 'info', file), path.join(database, 'info', file));
  }
  for (const name of ['passwd', 'group']) {
    copyFileSync(path.join(root, 'usr/share/base-passwd', `${name}.master`), path.join(root, 'etc', name));
  }
  for (const name of ['shadow', 'gshadow']) writeFileSync(path.join(root, 'etc', name), '', { mode: 0o640 });
  // A device needs a right that a container may lack; for what is thrown away a file does.
  writeFileSync(path.join(root, 'dev/null'), '');
  chmodSync(path.join(root, 'dev/null'), 0o666);
}

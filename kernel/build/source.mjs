// Kernel sources: from Debian's linux-source package, or from a folder, into the cache; then our lines into them.
import { createHash } from 'node:crypto';
import { access, cp, mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { anchorsOf } from '../hook/anchors.mjs';
import { filesRoot, ownFiles, planHook, versionOf } from '../hook/tree.mjs';
import { kernelSeriesOf } from '../series/kernel-series.mjs';
import { provideFromSuite } from './debian-suite.mjs';
import { EXIT, KernelToolError } from './exits.mjs';
import { runProgram } from './programs.mjs';

/** @param {string} path */
const exists = (path) => access(path).then(() => true, () => false); // prettier-ignore

/**
 * Debian's package: the installed one, else fetched from the suite that the series names.
 * @param {string} series
 * @param {ReturnType<import('./cache.mjs').seriesPaths>} paths
 * @returns {Promise<{ tarball: string, version: string }>}
 */
async function debianSource(series, paths) {
  const name = `linux-source-${series}`;
  const tarball = `/usr/src/${name}.tar.xz`;
  if (await exists(tarball))
    return { tarball, version: await runProgram('dpkg-query', ['-W', '-f', '${Version}', name]) };
  const { suite } = kernelSeriesOf(series);
  if (suite === null)
    throw new KernelToolError(
      EXIT.missing,
      `missing: ${name}; apt install ${name}, or name a source folder with --source`,
    );
  const { root, version } = await provideFromSuite(name, suite, paths.debian);
  return { tarball: join(root, tarball), version };
}

/**
 * Names, sizes and times of a folder's files as a short hash: an edited file must not pass for the one in the cache.
 *
 * @param {string} folder
 */
async function stateOf(folder) {
  const listing = ['-name', '.git', '-prune', '-o', '-type', 'f', '-printf', '%P %s %T@\\n'];
  const files = await runProgram('find', [folder, ...listing]);
  return createHash('sha256').update(files.split('\n').sort().join('\n')).digest('hex').slice(0, 12);
}

/**
 * What the sources in the cache were made from; another origin means another extraction.
 *
 * @param {string} series
 * @param {ReturnType<import('./cache.mjs').seriesPaths>} paths
 * @param {string | undefined} folder
 */
async function originOf(series, paths, folder) {
  if (folder !== undefined)
    return `${resolve(folder)}, Linux ${await versionOf(folder)}, files ${await stateOf(folder)}`;
  const { tarball, version } = await debianSource(series, paths);
  return `${basename(tarball, '.tar.xz')} ${version}`;
}

/** Sources (1.6 GB) and what is compiled from them (1.2 GB), with some room. */
const NEEDED_BYTES = 3.5e9;

/** @param {string} folder */
async function refuseFullDisk(folder) {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < NEEDED_BYTES)
    throw new KernelToolError(
      EXIT.failed,
      `${folder} has ${((bavail * bsize) / 1e9).toFixed(1)} GB left, a build needs ${NEEDED_BYTES / 1e9}; free some, or set XDG_CACHE_HOME`,
    );
}

/**
 * @param {string} series
 * @param {ReturnType<import('./cache.mjs').seriesPaths>} paths
 * @param {string | undefined} folder
 */
async function unpack(series, paths, folder) {
  const target = paths.source;
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  if (folder === undefined)
    await runProgram('tar', ['xf', (await debianSource(series, paths)).tarball, '--strip-components=1', '-C', fresh]);
  else await runProgram('cp', ['-a', '--reflink=auto', `${folder}/.`, fresh]);
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}

/**
 * @param {string} path
 * @param {string} text
 */
async function writeIfChanged(path, text) {
  if ((await exists(path)) && (await readFile(path, 'utf8')) === text) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/**
 * Makes sure that the cache holds the sources of a series, and keeps the files that get our lines as they came.
 * @param {string} series
 * @param {import('./cache.mjs').SeriesPaths} paths
 * @param {string | undefined} folder source folder instead of Debian's package; it is copied, never changed
 * @returns {Promise<string>} what the sources are, for example `linux-source-6.1 6.1.192-2`
 */
export async function provideSource(series, paths, folder) {
  const origin = await originOf(series, paths, folder);
  const marker = join(paths.folder, 'origin');
  if ((await exists(marker)) && (await readFile(marker, 'utf8')) === origin) return origin;
  await rm(marker, { force: true });
  for (const made of [paths.output, paths.host.folder]) await rm(made, { recursive: true, force: true });
  await refuseFullDisk(paths.folder);
  await unpack(series, paths, folder);
  const version = await versionOf(paths.source);
  if (!version.startsWith(`${series}.`))
    throw new KernelToolError(EXIT.usage, `${folder ?? origin} is Linux ${version}, not of series ${series}`);
  await rm(paths.pristine, { recursive: true, force: true });
  for (const file of new Set(anchorsOf(series).map((anchor) => anchor.file))) {
    await mkdir(dirname(join(paths.pristine, file)), { recursive: true });
    await cp(join(paths.source, file), join(paths.pristine, file));
  }
  await writeFile(marker, origin);
  return origin;
}

/**
 * Brings our lines and files into the sources; touches only what differs, so that a build redoes only that.
 * @param {string} series
 * @param {import('./cache.mjs').SeriesPaths} paths
 * @returns {ReturnType<typeof planHook>}
 */
export async function hookSource(series, paths) {
  const plan = await planHook(paths.pristine, series);
  for (const { file, text } of plan) await writeIfChanged(join(paths.source, file), text);
  for (const file of await ownFiles())
    await writeIfChanged(join(paths.source, file), await readFile(join(filesRoot, file), 'utf8'));
  return plan;
}

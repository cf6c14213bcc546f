// A kernel with the hook for a machine itself, as Debian packages: the host's own configuration, our lines, `make bindeb-pkg`.
import { cp, mkdir, open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errorCode } from '../../scripts/setup/error-code.mjs';
import { versionOf } from '../hook/tree.mjs';
import { underBuildLock } from './build-lock.mjs';
import { seriesPaths } from './cache.mjs';
import { makeInto, refuseUnmet } from './compile.mjs';
import { hostOptions, withOptions } from './config.mjs';
import { EXIT, KernelToolError } from './exits.mjs';
import { checkStamps } from './images.mjs';
import { missingHeaderPackages, missingPackages, refuseMissing } from './programs.mjs';
import { checkPatch } from './review-patch.mjs';
import { hookSource, provideSource } from './source.mjs';

/** The packages that are kept; the others (linux-libc-dev, debug information) are none of a test host's. */
const KEPT = /^linux-(?:image|headers)-.*-xperf_.*\.deb$/;

/**
 * @typedef {object} HostKernel
 * @property {string} series
 * @property {string} config path of the host's configuration
 * @property {string} [source] folder with kernel sources; default: Debian's package
 * @property {string} release this project's version, which goes into the packages' version
 * @property {string} out folder for the packages
 * @property {number} jobs
 * @property {(text: string) => void} say
 */

/** @param {string} path */
async function readConfig(path) {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new KernelToolError(
      EXIT.usage,
      `--config ${path}: can't be read (${errorCode(error)}); name the host's /boot/config-…`,
    );
  }
}

/**
 * @param {HostKernel} request
 * @param {string} hostConfig text of its configuration
 * @param {import('./cache.mjs').SeriesPaths} paths
 */
async function build({ series, config, source, release, jobs, say }, hostConfig, paths) {
  const origin = await provideSource(series, paths, source);
  await checkPatch(series, origin, await hookSource(series, paths));
  const { folder, output } = paths.host;
  const options = hostOptions(series, hostConfig);
  await mkdir(output, { recursive: true });
  for (const file of await readdir(folder)) if (file.endsWith('.deb')) await rm(join(folder, file));
  await writeFile(join(output, '.config'), withOptions(hostConfig, options));
  const version = `${await versionOf(paths.source)}-1+xperf${release}`;
  say(`building Linux ${series} for hosts from ${origin} with ${config}; log: ${paths.log}`);
  const log = await open(paths.log, 'a');
  try {
    const make = makeInto(paths, output, { jobs, log: log.fd, variables: { KDEB_PKGVERSION: version } });
    await make(['olddefconfig']);
    await refuseUnmet(options, output);
    await make(['all']);
    await checkStamps(join(output, 'vmlinux'));
    await make(['bindeb-pkg']);
  } finally {
    await log.close();
  }
  return (await readdir(folder)).filter((file) => KEPT.test(file)).map((file) => join(folder, file));
}

/**
 * @param {HostKernel} request
 * @returns {Promise<string[]>} the packages: linux-image-…-xperf and linux-headers-…-xperf
 */
export async function packageHostKernel(request) {
  const programs = ['cc', 'make', 'objdump', 'nm', 'flex', 'bison', 'bc', 'tar', 'xz', 'cpio', 'kmod', 'rsync'];
  refuseMissing(await missingPackages([...programs, 'dpkg-buildpackage', 'dh_builddeb']));
  refuseMissing(await missingHeaderPackages());
  const hostConfig = await readConfig(request.config);
  const paths = seriesPaths(request.series);
  return underBuildLock(paths, async () => {
    const made = await build(request, hostConfig, paths);
    await mkdir(request.out, { recursive: true });
    return Promise.all(
      made.map(async (file) => {
        const kept = join(request.out, basename(file));
        await cp(file, kept);
        return kept;
      }),
    );
  });
}

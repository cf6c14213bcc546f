// Configures and compiles one variant of a series.
import { createHash } from 'node:crypto';
import { access, cp, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownFiles, filesRoot } from '../hook/tree.mjs';
import { fragmentOf, unmetOptions, wantedOptions } from './config.mjs';
import { errorCode } from '../../scripts/setup/error-code.mjs';
import { EXIT, KernelToolError, messageOf } from './exits.mjs';
import { runProgram } from './programs.mjs';

/** Fixed, so that the same sources give the same image. */
const REPRODUCIBLE = {
  KBUILD_BUILD_TIMESTAMP: '1970-01-01',
  KBUILD_BUILD_USER: 'xperf',
  KBUILD_BUILD_HOST: 'fleet',
};

/**
 * What an image is made from, as one hash.
 * @param {{ series: string, variant: string, origin: string, plan: { file: string, text: string }[] }} input
 */
export async function inputHash({ series, variant, origin, plan }) {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([series, variant, origin, [...wantedOptions(series, variant)]]));
  for (const { file, text } of plan) hash.update(file).update(text);
  for (const file of await ownFiles()) hash.update(file).update(await readFile(join(filesRoot, file)));
  hash.update(await runProgram('cc', ['--version']));
  return hash.digest('hex');
}

/**
 * @param {import('./cache.mjs').ImagePaths} image
 * @returns {Promise<string | undefined>} hash an image was made from; undefined when it is not built
 */
export async function builtHash(image) {
  try {
    await access(image.bzImage);
    return readInput(await readFile(image.stamp, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * @param {string} stamp text of a stamp
 * @returns {string | undefined} hash that was written into it
 */
export function readInput(stamp) {
  const { input } = /** @type {{ input?: string }} */ (JSON.parse(stamp));
  return input;
}

/**
 * @param {import('./cache.mjs').SeriesPaths} paths
 * @param {string} output folder that takes what is compiled
 * @param {{ jobs: number, log: number, variables?: Record<string, string> }} options `log`: descriptor of `paths.log`
 * @returns {(targets: string[]) => Promise<void>} runs make; throws with the end of the log
 */
export function makeInto(paths, output, { jobs, log, variables = {} }) {
  const env = { ...process.env, ...REPRODUCIBLE, ...variables };
  return async (targets) => {
    const parameters = ['-C', paths.source, `O=${output}`, 'ARCH=x86_64', `-j${jobs}`, ...targets];
    try {
      await runProgram('make', parameters, { env, log });
    } catch (error) {
      const tail = (await readFile(paths.log, 'utf8')).split('\n').slice(-15).join('\n');
      throw new KernelToolError(EXIT.failed, `${messageOf(error)}\n${tail}\nwhole log: ${paths.log}`);
    }
  };
}

/**
 * @param {Map<string, string>} options what was asked for
 * @param {string} output folder whose .config is looked at
 */
export async function refuseUnmet(options, output) {
  const unmet = unmetOptions(options, await readFile(join(output, '.config'), 'utf8'));
  if (unmet.length > 0)
    throw new KernelToolError(EXIT.failed, `the kernel's configuration did not take:\n  ${unmet.join('\n  ')}`);
}

/**
 * Everything off but what is asked for, and what that needs.
 *
 * @param {import('./cache.mjs').SeriesPaths} paths
 * @param {Map<string, string>} options
 * @param {(targets: string[]) => Promise<void>} make
 */
async function configure(paths, options, make) {
  const fragment = join(paths.folder, 'wanted.config');
  await writeFile(fragment, fragmentOf(options));
  await make([`KCONFIG_ALLCONFIG=${fragment}`, 'allnoconfig']);
  await refuseUnmet(options, paths.output);
}

/**
 * @param {string} series
 * @param {string} variant
 * @param {import('./cache.mjs').SeriesPaths} paths
 * @param {{ input: string, origin: string, jobs: number }} build
 */
export async function compileImage(series, variant, paths, { input, origin, jobs }) {
  const image = paths.image(variant);
  const options = wantedOptions(series, variant);
  await mkdir(paths.output, { recursive: true });
  await rm(image.stamp, { force: true });
  const log = await open(paths.log, 'a');
  const make = makeInto(paths, paths.output, { jobs, log: log.fd });
  try {
    await configure(paths, options, make);
    await make(['bzImage']);
  } finally {
    await log.close();
  }
  await mkdir(image.folder, { recursive: true });
  await cp(join(paths.output, 'arch/x86/boot/bzImage'), image.bzImage);
  await cp(join(paths.output, 'vmlinux'), image.vmlinux);
  await cp(join(paths.output, '.config'), image.config);
  await writeFile(image.stamp, JSON.stringify({ series, variant, origin, input }, null, 2));
}

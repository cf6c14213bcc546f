// Brings the images and the initramfs of a series up to date.
import { underBuildLock } from './build-lock.mjs';
import { seriesPaths } from './cache.mjs';
import { builtHash, compileImage, inputHash } from './compile.mjs';
import { disassembleEntryCode } from './disassemble.mjs';
import { stampFaults } from './entry-code.mjs';
import { EXIT, KernelToolError } from './exits.mjs';
import { provideGuest } from './guest.mjs';
import { missingHeaderPackages, missingPackages, refuseMissing } from './programs.mjs';
import { checkPatch, writePatch } from './review-patch.mjs';
import { hookSource, provideSource } from './source.mjs';

/**
 * @typedef {object} Request
 * @property {string} series
 * @property {string[]} variants
 * @property {string} [source] folder with kernel sources; default: Debian's package
 * @property {number} jobs
 * @property {boolean} [renewPatch]
 * @property {(text: string) => void} say
 */

/**
 * @param {Request} request
 * @param {import('./cache.mjs').SeriesPaths} paths
 */
async function buildImages({ series, variants, source, jobs, renewPatch, say }, paths) {
  const origin = await provideSource(series, paths, source);
  const plan = await hookSource(series, paths);
  if (renewPatch) await writePatch(series, origin, plan);
  await checkPatch(series, origin, plan);
  const images = [];
  for (const variant of variants) {
    const image = paths.image(variant);
    const input = await inputHash({ series, variant, origin, plan });
    const rebuilt = (await builtHash(image)) !== input;
    if (rebuilt) {
      say(`building Linux ${series} (${variant}) from ${origin}; log: ${paths.log}`);
      await compileImage(series, variant, paths, { input, origin, jobs });
    }
    if (variant === 'hook') await checkStamps(image.vmlinux);
    images.push({ variant, bzImage: image.bzImage, vmlinux: image.vmlinux, rebuilt });
  }
  return { series, origin, images };
}

/**
 * Builds what is not up to date. One build of a series at a time.
 * @param {Request} request
 * @returns {Promise<{ series: string, origin: string, initramfs: string, images: { variant: string, bzImage: string, vmlinux: string, rebuilt: boolean }[] }>}
 */
export async function buildKernel(request) {
  refuseMissing(await missingPackages(['cc', 'make', 'objdump', 'nm', 'flex', 'bison', 'bc', 'tar', 'xz']));
  refuseMissing(await missingHeaderPackages());
  const paths = seriesPaths(request.series);
  return underBuildLock(paths, async () => ({
    ...(await buildImages(request, paths)),
    initramfs: await provideGuest(),
  }));
}

/** @param {string} vmlinux one with the hook */
export async function checkStamps(vmlinux) {
  const faults = stampFaults(await disassembleEntryCode(vmlinux));
  if (faults.length > 0)
    throw new KernelToolError(
      EXIT.failed,
      `the stamps of ${vmlinux} do not stand where they must:\n  ${faults.join('\n  ')}`,
    );
}

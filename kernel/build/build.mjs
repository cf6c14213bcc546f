// npm run kernel:build -- --series 6.1|6.12 [--source DIR] [--variant hook,stock,negative] [--jobs N] [--write-patch] [--json]
import { parseArgs } from 'node:util';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { SERIES } from '../hook/anchors.mjs';
import { seriesPaths } from './cache.mjs';
import { builtHash, compileImage, inputHash } from './compile.mjs';
import { VARIANTS } from './config.mjs';
import { disassembleEntryCode } from './disassemble.mjs';
import { stampFaults } from './entry-code.mjs';
import { EXIT, KernelToolError, runTool } from './exits.mjs';
import { provideGuest } from './guest.mjs';
import { missingPackages, refuseMissing } from './programs.mjs';
import { checkPatch, writePatch } from './review-patch.mjs';
import { hookSource, provideSource } from './source.mjs';

const USAGE = `usage: kernel:build -- --series ${SERIES.join('|')} [--source DIR] [--variant ${VARIANTS.join(',')}] [--jobs N] [--write-patch] [--json]`;

function parse(parameters) {
  try {
    const { values } = parseArgs({
      args: parameters,
      options: {
        series: { type: 'string' },
        source: { type: 'string' },
        variant: { type: 'string', default: 'hook' },
        jobs: { type: 'string', default: String(availableParallelism()) },
        'write-patch': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const variants = values.variant.split(',');
    if (!SERIES.includes(values.series))
      throw new Error(`--series ${values.series ?? ''}: expected ${SERIES.join(' or ')}`);
    if (variants.some((variant) => !VARIANTS.includes(variant)))
      throw new Error(`--variant ${values.variant}: expected some of ${VARIANTS.join(',')}`);
    if (!/^[1-9]\d*$/.test(values.jobs)) throw new Error(`--jobs ${values.jobs}: expected a number above 0`);
    return { ...values, variants, jobs: Number(values.jobs), renewPatch: values['write-patch'] };
  } catch (error) {
    throw new KernelToolError(EXIT.usage, `${error.message}\n${USAGE}`);
  }
}

/**
 * Builds what is not up to date.
 * @param {{ series: string, variants: string[], source?: string, jobs: number, renewPatch?: boolean, say: (text: string) => void }} request
 * @returns {Promise<{ series: string, origin: string, initramfs: string, images: { variant: string, bzImage: string, vmlinux: string, rebuilt: boolean }[] }>}
 */
export async function buildKernel({ series, variants, source, jobs, renewPatch = false, say }) {
  refuseMissing(await missingPackages(['cc', 'make', 'objdump', 'flex', 'bison', 'bc', 'tar', 'xz']));
  const paths = seriesPaths(series);
  await mkdir(paths.folder, { recursive: true });
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
    if (variant === 'hook') await checkStamps(image);
    images.push({ variant, bzImage: image.bzImage, vmlinux: image.vmlinux, rebuilt });
  }
  return { series, origin, initramfs: await provideGuest(), images };
}

async function checkStamps(image) {
  const faults = stampFaults(await disassembleEntryCode(image.vmlinux));
  if (faults.length > 0)
    throw new KernelToolError(
      EXIT.failed,
      `the stamps of ${image.vmlinux} do not stand where they must:\n  ${faults.join('\n  ')}`,
    );
}

if (import.meta.url === `file://${process.argv[1]}`) {
  await runTool(async () => {
    const request = parse(process.argv.slice(2));
    const say = (text) => process.stderr.write(`${text}\n`);
    const result = await buildKernel({ ...request, say });
    if (request.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else
      for (const image of result.images)
        say(`${image.variant}: ${image.bzImage}${image.rebuilt ? '' : ' (up to date)'}`);
    return EXIT.ok;
  });
}

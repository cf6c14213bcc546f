// kernel/patches/<series>.patch: what the hook changes in the kernel's files, for review; and the check that it still is so.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withoutLineNumbers, zeroContextPatch } from '../hook/patch.mjs';
import { EXIT, KernelToolError } from './exits.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'patches');

/** @typedef {{ file: string, added: { line: number, text: string }[] }[]} Plan our lines in the kernel's files */

/**
 * @param {string} series
 * @param {string} origin what the sources are
 * @param {Plan} plan
 */
function patchText(series, origin, plan) {
  const head = [
    `# Hook for Linux ${series}: our lines in the kernel's files, no context. Generated; do not edit.`,
    `# Source: ${origin}`,
    '# Beside these lines go the files under kernel/hook/files, copied as they are.',
    '# To apply by hand: git apply --unidiff-zero, on exactly this source version.',
  ];
  return `${head.join('\n')}\n${zeroContextPatch(plan)}`;
}

/**
 * @param {string} series
 * @param {string} origin what the sources are
 * @param {Plan} plan
 */
export async function writePatch(series, origin, plan) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${series}.patch`), patchText(series, origin, plan));
}

/**
 * Line numbers count only when the sources are the very version the patch was made from.
 *
 * @param {string} series
 * @param {string} origin what the sources are
 * @param {Plan} plan
 * @throws {KernelToolError} when the patch in the repository is not what the hook does
 */
export async function checkPatch(series, origin, plan) {
  const path = join(folder, `${series}.patch`);
  const kept = await readFile(path, 'utf8');
  const fresh = patchText(series, origin, plan);
  const sameSource = kept.includes(`\n# Source: ${origin}\n`);
  const equal = sameSource ? kept === fresh : withoutLineNumbers(kept) === withoutLineNumbers(fresh);
  if (!equal)
    throw new KernelToolError(
      EXIT.failed,
      `${path} is not what the hook does; npm run kernel:build -- --series ${series} --write-patch, and review it`,
    );
}

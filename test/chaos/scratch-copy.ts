import { cp, mkdir, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { damageExpression } from './truth.js';

/** One place of a built file, changed in a copy. */
export interface Patch {
  file: string;
  find: string;
  put: string;
}

/**
 * Pause after each 64 KiB of simulated log, ms: most runs take about a second, so that faults meet them half way, and
 * one in eight as long as a lease, so that a long freeze has a live attempt to hit.
 */
const pace = 'run.seed % 8 === 7 ? 2500 : 120';

const simulator = 'dist/apps/worker/src/executors/simulator/simulator.js';
/** What every chaos run needs: runs that take a while, and logs with damage that can be accounted for. */
const usualPatches: readonly Patch[] = [
  { file: simulator, find: 'setImmediate(resolve)', put: `setTimeout(resolve, ${pace})` },
  { file: simulator, find: 'nonce,\n        seed\n', put: `nonce, seed, damage: ${damageExpression}\n` },
];

/** @throws Error when the text to change is not there exactly once: the code has moved on, the patch must follow. */
async function apply(folder: string, { file, find, put }: Patch): Promise<void> {
  const target = path.join(folder, file);
  const text = await readFile(target, 'utf8');
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${file}: "${find}" stands there ${times} times; bring the patch up to date`);
  await unlink(target);
  await writeFile(
    target,
    text.replace(find, () => put),
  );
}

/** A copy of the built project in `folder`, patched; the project itself has no hooks for this. */
export async function makeScratchCopy(root: string, folder: string, patches: readonly Patch[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(path.join(root, 'dist'), path.join(folder, 'dist'), { recursive: true });
  await cp(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  for (const beside of ['apps/coordinator/console', 'kernel/series', 'prisma/migrations'])
    await cp(path.join(root, beside), path.join(folder, beside), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  for (const patch of [...usualPatches, ...patches]) await apply(folder, patch);
}

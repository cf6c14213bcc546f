// Applies the hook to a kernel tree on disk, and takes it away again.
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { anchorsOf } from './anchors.mjs';
import { insertAll, removeAll } from './insertions.mjs';

/** Folder of the files that are wholly ours, laid out as in a kernel tree. */
export const filesRoot = join(dirname(fileURLToPath(import.meta.url)), 'files');

/** @returns {Promise<string[]>} paths, within a kernel tree, of the files that are wholly ours */
export async function ownFiles() {
  const entries = await readdir(filesRoot, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(filesRoot, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/**
 * @param {string} tree
 * @returns {Promise<string>} version as the tree's Makefile gives it, for example 6.1.192
 */
export async function versionOf(tree) {
  const makefile = await readFile(join(tree, 'Makefile'), 'utf8');
  const [version, patchlevel, sublevel] = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL'].map(
    (name) => new RegExp(`^${name} = (\\d+)$`, 'm').exec(makefile)?.[1],
  );
  if (!version || !patchlevel || !sublevel) throw new Error(`${tree}/Makefile names no kernel version`);
  return `${version}.${patchlevel}.${sublevel}`;
}

/** @param {readonly import('./anchors.mjs').Anchor[]} anchors */
function byFile(anchors) {
  /** @type {Map<string, import('./anchors.mjs').Anchor[]>} */
  const groups = new Map();
  for (const anchor of anchors) groups.set(anchor.file, [...(groups.get(anchor.file) ?? []), anchor]);
  return groups;
}

/**
 * What applying would change; writes nothing, so a failing anchor leaves the tree as it was.
 * @param {string} tree
 * @param {string} series
 * @returns {Promise<{ file: string, text: string, added: { line: number, text: string }[] }[]>}
 */
export async function planHook(tree, series) {
  const plan = [];
  for (const [file, anchors] of byFile(anchorsOf(series)))
    plan.push({ file, ...insertAll(await readFile(join(tree, file), 'utf8'), anchors) });
  return plan;
}

/**
 * @param {string} tree
 * @param {string} series
 */
export async function applyHook(tree, series) {
  const plan = await planHook(tree, series);
  for (const file of await ownFiles()) {
    await mkdir(dirname(join(tree, file)), { recursive: true });
    await cp(join(filesRoot, file), join(tree, file));
  }
  for (const { file, text } of plan) await writeFile(join(tree, file), text);
}

/**
 * @param {string} tree
 * @param {string} series
 */
export async function revertHook(tree, series) {
  const plan = [];
  for (const [file, anchors] of byFile(anchorsOf(series)))
    plan.push({ file, text: removeAll(await readFile(join(tree, file), 'utf8'), anchors) });
  for (const { file, text } of plan) await writeFile(join(tree, file), text);
  for (const file of await ownFiles()) await rm(join(tree, file), { force: true });
  await rm(join(tree, 'arch/x86/xperf'), { recursive: true, force: true });
}

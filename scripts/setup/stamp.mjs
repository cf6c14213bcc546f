import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from './error-code.mjs';
import { inRoot, stampFolder } from './project.mjs';
import { explained } from './setup-error.mjs';

/**
 * Files below the given files and folders of the working tree that pass `keep`, sorted.
 *
 * @param {string[]} places relative to the root; missing ones count as empty
 * @param {(relative: string) => boolean} keep
 */
export function filesBelow(places, keep = () => true) {
  /** @type {string[]} */
  const found = [];
  /** @param {string} folder */
  const walk = (folder) => {
    for (const entry of fs.readdirSync(inRoot(folder), { withFileTypes: true })) {
      const relative = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(relative);
      else if (entry.isFile() && keep(relative)) found.push(relative);
      else if (entry.isSymbolicLink()) visit(relative);
    }
  };
  /** @param {string} relative */
  const visit = (relative) => {
    const stat = fs.statSync(inRoot(relative), { throwIfNoEntry: false });
    if (stat?.isDirectory()) walk(relative);
    else if (stat?.isFile() && keep(relative)) found.push(relative);
  };
  places.forEach(visit);
  return found.sort();
}

/**
 * SHA-256 over names and contents, and over further words such as a version.
 *
 * @param {string[]} files relative to the root
 * @param {string[]} words
 */
export function hashOf(files, words = []) {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`${word}\0`);
  for (const file of files) {
    const content = fs.readFileSync(inRoot(file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** @param {string} name */
const fileOf = (name) => path.join(stampFolder, name);

/** @param {string} name */
export function readStamp(name) {
  try {
    return fs.readFileSync(fileOf(name), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Does a step under its stamp: the old stamp goes before the work and the new one comes after it, so that a killed
 * step is done again.
 *
 * @param {string} name
 * @param {string} key
 * @param {() => Promise<void>} work
 */
export async function doStamped(name, key, work) {
  try {
    fs.mkdirSync(stampFolder, { recursive: true });
    fs.rmSync(fileOf(name), { force: true });
  } catch (error) {
    throw explained(error, `write ${fileOf(name)}`);
  }
  await work();
  try {
    fs.writeFileSync(`${fileOf(name)}.new`, key);
    fs.renameSync(`${fileOf(name)}.new`, fileOf(name));
  } catch (error) {
    throw explained(error, `write ${fileOf(name)}`);
  }
}

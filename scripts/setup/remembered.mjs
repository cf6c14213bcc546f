// What was found out from files, without reading them again while none of them was written: `./xf jobs` would read and hash 8 MB of
// sources first, and parse two lists of packages.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from './error-code.mjs';
import { inRoot, stampFolder } from './project.mjs';

/** A file may be written twice within a step of the file system's clock, the second time unseen; what is older than this can't be, ms. */
const settledMs = 2_000;

/**
 * The state of files as the file system tells it: a file can't change without its ctime.
 *
 * @param {readonly string[]} files relative to the root
 * @param {readonly string[]} words
 * @param {number} nowMs
 */
function stateOf(files, words, nowMs) {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`${word}\0`);
  let newestMs = 0;
  for (const file of files) {
    const { size, ino, mtimeMs, ctimeMs } = fs.statSync(inRoot(file));
    hash.update(`${file}\0${size} ${ino} ${mtimeMs} ${ctimeMs}\0`);
    newestMs = Math.max(newestMs, mtimeMs, ctimeMs);
  }
  return { state: hash.digest('hex'), isSettled: newestMs < nowMs - settledMs };
}

/** @param {string} file */
function contentOf(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

/**
 * A text that follows from files and words alone, as it was worked out the last time if nothing has changed since.
 *
 * @param {string} name
 * @param {readonly string[]} files relative to the root; all of them exist
 * @param {readonly string[]} words
 * @param {() => string} work what the text is; one line
 * @param {number} [nowMs] ms since 1970
 */
export function remembered(name, files, words, work, nowMs = Date.now()) {
  const { state, isSettled } = stateOf(files, words, nowMs);
  const file = path.join(stampFolder, `${name}.seen`);
  const [seen, text] = contentOf(file).split('\n');
  if (seen === state && text !== undefined) return text;
  const found = work();
  if (!isSettled) return found;
  try {
    fs.mkdirSync(stampFolder, { recursive: true });
    const own = `${file}.${process.pid}`;
    fs.writeFileSync(own, `${state}\n${found}`);
    fs.renameSync(own, file);
  } catch {
    // A tree that can't be written only costs time.
  }
  return found;
}

// One bootstrap at a time in a working tree; the holder is identified by process id and start time.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { errorCode } from './error-code.mjs';

/**
 * @typedef {object} LockHolder
 * @property {number} pid
 * @property {string | null} startedAt field 22 of /proc/<pid>/stat; null where there is no /proc
 * @property {string} since ISO time at which the lock was taken
 * @property {string} [token] tells this lock from the next one of the same process
 */

/**
 * When a process started, in clock ticks since boot (field 22 of /proc/<pid>/stat), so that a reused process id is
 * not taken for the old holder. Null where there is no /proc.
 *
 * @param {number} pid
 * @returns {string | null}
 */
function startedAt(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name (field 2) may hold spaces and brackets: count from behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
}

/** @param {LockHolder} holder */
function isAlive(holder) {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    if (errorCode(error) !== 'EPERM') throw error;
  }
  return holder.startedAt === null || startedAt(holder.pid) === holder.startedAt;
}

/**
 * @param {string} file
 * @returns {{text: string, holder: LockHolder | null} | null}
 */
function read(file) {
  let text;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const holder = /** @type {LockHolder | null} */ (JSON.parse(text));
    return { text, holder: Number.isInteger(holder?.pid) ? holder : null };
  } catch {
    return { text, holder: null }; // cut short by a crash: whoever wrote it is gone, as a lock appears whole (link)
  }
}

/**
 * Moves a dead holder's file away; gives it back when it turns out to be somebody's fresh one.
 *
 * @param {string} file
 * @param {string} expectedText
 */
function evict(file, expectedText) {
  const aside = `${file}.${randomUUID()}`;
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  if (fs.readFileSync(aside, 'utf8') !== expectedText) fs.linkSync(aside, file);
  fs.unlinkSync(aside);
}

/**
 * Takes the lock file or says who holds it. A lock whose holder is dead is taken over.
 *
 * @param {string} file
 * @returns {{ taken: true, release: () => void } | { taken: false, holder: LockHolder }}
 * @throws {Error} the file system's, when the folder can't be written.
 */
export function takeLock(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const token = randomUUID();
  const mine = { pid: process.pid, startedAt: startedAt(process.pid), since: new Date().toISOString(), token };
  const draft = `${file}.${token}`;
  fs.writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    for (;;) {
      try {
        fs.linkSync(draft, file); // appears whole or not at all, and never over another
        break;
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
      }
      const found = read(file);
      if (found?.holder && isAlive(found.holder)) return { taken: false, holder: found.holder };
      if (found) evict(file, found.text);
    }
  } finally {
    fs.unlinkSync(draft);
  }
  return {
    taken: true,
    release() {
      if (read(file)?.holder?.token === token) fs.unlinkSync(file);
    },
  };
}

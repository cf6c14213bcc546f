import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode, PostgresError } from './postgres-error.js';
import { commandLine, isRunning } from './processes.js';

/** What PostgreSQL writes into `postmaster.pid`: line 1 the pid, line 8 how far it is. */
export interface PidFile {
  pid: number;
  ready: boolean;
}

export function parsePidFile(text: string): PidFile | null {
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : null;
}

export async function readPidFile(cluster: string): Promise<PidFile | null> {
  try {
    return parsePidFile(await readFile(join(cluster, 'postmaster.pid'), 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** How often we look whether a process has ended or is ready, ms. */
const lookEveryMs = 20;

async function endsWithin(pid: number, limitMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += lookEveryMs) {
    if (!isRunning(pid)) return true;
    await delay(lookEveryMs);
  }
  return !isRunning(pid);
}

/** Stops a postmaster: SIGINT (rolls back, writes a checkpoint), then SIGQUIT (recovers at the next start). */
export async function stopPostmaster(pid: number, cluster: string): Promise<void> {
  for (const [signal, limitMs] of [
    ['SIGINT', 4_000],
    ['SIGQUIT', 5_000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (hasCode(error, 'ESRCH')) return;
      throw error;
    }
    if (await endsWithin(pid, limitMs)) return;
  }
  throw new PostgresError(`the PostgreSQL of ${cluster} (pid ${pid}) does not stop`, `Look why, then: kill -9 ${pid}`);
}

/**
 * Deals with what a killed owner left behind: a postmaster that still runs is stopped; the pid file of one that died,
 * or whose number now belongs to another program, is removed. PostgreSQL would remove it by itself, but not while the
 * dead one is a zombie (a container's first process may never reap it) or its number is taken. That no backend of it
 * lives on, PostgreSQL finds out by the shared memory of the data folder, not by this file.
 */
export async function clearLeftover(cluster: string): Promise<'none' | 'stopped' | 'stale'> {
  const left = await readPidFile(cluster);
  if (left === null) return 'none';
  const command = commandLine(left.pid);
  if (isRunning(left.pid) && (command === null || command.includes(cluster))) {
    await stopPostmaster(left.pid, cluster);
    return 'stopped';
  }
  await rm(join(cluster, 'postmaster.pid'), { force: true });
  return 'stale';
}

/** Waits until the postmaster takes connections. Stops waiting when `ended` tells that it exited. */
export async function waitUntilReady(
  cluster: string,
  pid: number,
  ended: () => boolean,
  limitMs: number,
): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < limitMs && !ended(); waitedMs += lookEveryMs) {
    const file = await readPidFile(cluster);
    if (file?.pid === pid && file.ready) return true;
    await delay(lookEveryMs);
  }
  return false;
}

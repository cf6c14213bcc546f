import { readFileSync } from 'node:fs';
import { hasCode } from './postgres-error.js';

/** Whether a process exists and still runs. A zombie, dead but not yet reaped by its parent, does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
    if (!hasCode(error, 'EPERM')) throw error;
  }
  const state = statFields(pid)?.[0];
  return state === undefined || (state !== 'Z' && state !== 'X');
}

/** When a process started, in clock ticks since boot; null where /proc doesn't tell. Tells a reused pid. */
export function startTicks(pid: number): string | null {
  return statFields(pid)?.[19] ?? null;
}

/** The command line of a process, arguments joined by spaces; null where /proc doesn't tell. */
export function commandLine(pid: number): string | null {
  return readProc(pid, 'cmdline')?.replaceAll('\0', ' ').trim() ?? null;
}

/** The fields of /proc/<pid>/stat after the command name, which may itself hold spaces and parentheses. */
function statFields(pid: number): string[] | null {
  const text = readProc(pid, 'stat');
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'ENOTDIR')) return null;
    throw error;
  }
}

import { readFileSync } from 'node:fs';
import { errnoOf } from './knob-files.js';

/**
 * When a process started, in clock ticks since boot (field 22 of /proc/<pid>/stat, Documentation/filesystems/proc.rst):
 * with its id it names a process for good, since ids come back. Null when it does not live.
 */
export function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in parentheses and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') return null;
    throw error;
  }
}

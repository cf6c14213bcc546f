import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of /proc/<pid>/stat: 100 a second on every Linux (`getconf CLK_TCK`). */
const msPerTick = 10;

interface Times {
  parent: number;
  /** CPU time of the process itself, ms. */
  ownMs: number;
  /** Of its children that have ended and were waited for, ms. */
  endedMs: number;
}

function timesOf(pid: number): Times | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, user = 0, system = 0, childUser = 0, childSystem = 0] = [1, 11, 12, 13, 14].map(
      (at) => fields[at],
    );
    return { parent, ownMs: (user + system) * msPerTick, endedMs: (childUser + childSystem) * msPerTick };
  } catch {
    return undefined; // it ended while we looked
  }
}

/** CPU time that a process itself has used so far, ms; 0 of one that is gone. */
export const ownCpuMsOf = (pid: number): number => timesOf(pid)?.ownMs ?? 0;

/** CPU time that a process and all of its descendants have used so far, ms. */
export function cpuMsOf(pid: number): number {
  const all = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name): [number, Times][] => {
        const times = timesOf(Number(name));
        return times ? [[Number(name), times]] : [];
      }),
  );
  const sum = (of: number): number => {
    const times = all.get(of);
    if (times === undefined) return 0;
    const children = [...all].filter(([, { parent }]) => parent === of).map(([child]) => child);
    return times.ownMs + times.endedMs + children.reduce((total, child) => total + sum(child), 0);
  };
  return sum(pid);
}

/** Resident memory, MB. */
export function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0;
  return Math.round(Number(kb) / 1024);
}

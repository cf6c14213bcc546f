/** Numbers of a kernel CPU list such as `0-3,8,10-11`; empty for empty or unreadable text. */
export function parseCpuList(text: string | null): number[] {
  return (text ?? '')
    .trim()
    .split(',')
    .flatMap((part) => {
      const range = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
      if (range === null) return [];
      const from = Number(range[1]);
      const to = Number(range[2] ?? range[1]);
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
    });
}

/**
 * The CPU that a measurement is pinned to: of those that this process may use, an isolated one if there is any, else
 * the last, because CPU 0 takes most housekeeping and interrupts by default. Null when the affinity can't be read;
 * xperf then takes the first CPU it may use.
 */
export function measuringCpu(processStatus: string | null, isolated: string | null): number | null {
  const allowed = parseCpuList(/^Cpus_allowed_list:\s*(.+)$/m.exec(processStatus ?? '')?.[1] ?? null);
  const quiet = allowed.filter((cpu) => parseCpuList(isolated).includes(cpu));
  return quiet.at(-1) ?? allowed.at(-1) ?? null;
}

/** Linux knows at most 8,192 CPUs (CONFIG_NR_CPUS of MAXSMP); a longer list is no CPU list. */
const mostCpus = 8_192;

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
      if (to >= mostCpus) return [];
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
    });
}

/** The CPU list of these numbers as the kernel writes it: sorted, neighbours as ranges. */
export function formatCpuList(cpus: readonly number[]): string {
  const sorted = [...new Set(cpus)].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const cpu of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === cpu - 1) last[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** CPUs of a mask such as `00000000,0000000f` (hex, groups of 32 bits, highest first); null when it is none. */
export function parseCpuMask(text: string): number[] | null {
  const groups = text.trim().split(',');
  if (groups.length > mostCpus / 32 || !groups.every((group) => /^[0-9a-f]{1,8}$/i.test(group))) return null;
  return groups.reverse().flatMap((group, index) =>
    Array.from({ length: 32 }, (_, bit) => bit)
      .filter((bit) => (Number.parseInt(group, 16) >>> bit) & 1)
      .map((bit) => index * 32 + bit),
  );
}

/** The mask of these CPUs, without leading zeros. */
export function formatCpuMask(cpus: readonly number[]): string {
  const bits = cpus.reduce((mask, cpu) => mask | (1n << BigInt(cpu)), 0n);
  const hex = bits.toString(16);
  const groups = hex.padStart(Math.ceil(hex.length / 8) * 8, '0').match(/.{8}/g) ?? [];
  return groups.join(',').replace(/^0+(?=[0-9a-f])/, '');
}

/** The CPUs that a process may use, from /proc/<pid>/status; empty when it can't be read. */
export function allowedCpus(processStatus: string | null): number[] {
  return parseCpuList(/^Cpus_allowed_list:\s*(.+)$/m.exec(processStatus ?? '')?.[1] ?? null);
}

/**
 * The CPU that a measurement is pinned to: of those that this process may use, an isolated one if there is any, else
 * the last, because CPU 0 takes most housekeeping and interrupts by default. Null when the affinity can't be read;
 * xperf then takes the first CPU it may use.
 *
 * @param processStatus text of /proc/self/status
 * @param isolated text of /sys/devices/system/cpu/isolated
 */
export function measuringCpu(processStatus: string | null, isolated: string | null): number | null {
  const allowed = allowedCpus(processStatus);
  const quiet = allowed.filter((cpu) => parseCpuList(isolated).includes(cpu));
  return quiet.at(-1) ?? allowed.at(-1) ?? null;
}

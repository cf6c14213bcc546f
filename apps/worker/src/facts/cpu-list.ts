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

/** The CPUs that a process may use, from /proc/<pid>/status. */
function allowedCpus(processStatus: string | null): number[] {
  return parseCpuList(/^Cpus_allowed_list:\s*(.+)$/m.exec(processStatus ?? '')?.[1] ?? null);
}

/**
 * The CPU that a measurement is pinned to: of those that this process may use, an isolated one if there is any, else
 * the last, because CPU 0 takes most housekeeping and interrupts by default. Null when the affinity can't be read;
 * xperf then takes the first CPU it may use.
 */
export function measuringCpu(processStatus: string | null, isolated: string | null): number | null {
  const allowed = allowedCpus(processStatus);
  const quiet = allowed.filter((cpu) => parseCpuList(isolated).includes(cpu));
  return quiet.at(-1) ?? allowed.at(-1) ?? null;
}

/** The CPUs of this machine, as far as choosing where to measure and where to read goes. */
export interface MachineCpus {
  /** Those that this process may use. */
  allowed: readonly number[];
  isolated: readonly number[];
  /** As `measuringCpu` has it. */
  measuring: number | null;
  /** Each CPU to the hardware threads of its core, itself among them. */
  siblings: ReadonlyMap<number, readonly number[]>;
}

/**
 * The CPU from which the kernel log is read while another measures: not the measuring one, better not its sibling
 * thread, and best no isolated one. Null when there is none beside the measuring one.
 */
export function readingCpu({ allowed, isolated, siblings }: MachineCpus, measuring: number | null): number | null {
  const others = allowed.filter((cpu) => cpu !== measuring);
  const core = measuring === null ? [] : (siblings.get(measuring) ?? []);
  const apart = others.filter((cpu) => !core.includes(cpu));
  return apart.find((cpu) => !isolated.includes(cpu)) ?? apart[0] ?? others[0] ?? null;
}

/** @param threadSiblings each CPU's number to its `thread_siblings_list` */
export function machineCpus(
  processStatus: string | null,
  isolated: string | null,
  threadSiblings: Readonly<Record<string, string>>,
): MachineCpus {
  return {
    allowed: allowedCpus(processStatus),
    isolated: parseCpuList(isolated),
    measuring: measuringCpu(processStatus, isolated),
    siblings: new Map(Object.entries(threadSiblings).map(([cpu, list]) => [Number(cpu), parseCpuList(list)])),
  };
}

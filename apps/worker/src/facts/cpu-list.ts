import { allowedCpus, measuringCpu, parseCpuList } from '#noise-control';

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

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { ExecutionError } from '../executor.js';
import type { VmSettings } from './vm-settings.js';

export type Accelerator = 'kvm' | 'tcg';

/** Says whether a guest answers under KVM within the probe's time limit; null, or why not. */
export type KvmProbe = (vm: VmSettings) => Promise<string | null>;

/** Null when this user can use /dev/kvm, else why not. */
export async function kvmDevice(): Promise<string | null> {
  return access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => null,
    (error: NodeJS.ErrnoException) => `/dev/kvm can't be used (${error.code ?? error.message})`,
  );
}

/** Chooses how guests run. KVM is tried once for each CPU model, because a device that opens need not work. */
export class Accelerators {
  private readonly answers = new Map<string, Promise<string | null>>();

  constructor(private readonly probe: KvmProbe) {}

  /** @throws ExecutionError `kvm-unavailable` when KVM was asked for and does not answer */
  async choose(vm: VmSettings): Promise<Accelerator> {
    if (vm.accelerator === 'tcg') return 'tcg';
    const why = await this.whyNotKvm(vm);
    if (why === null) return 'kvm';
    if (vm.accelerator === 'auto') return 'tcg';
    throw new ExecutionError({
      code: 'kvm-unavailable',
      message: `KVM was asked for but no guest runs under it: ${why}`,
      remedy:
        'Give the worker’s user the group kvm and the machine hardware virtualization, or set accelerator to auto.',
    });
  }

  private whyNotKvm(vm: VmSettings): Promise<string | null> {
    const key = vm.cpuModel ?? 'host';
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    const answer = this.probe(vm);
    this.answers.set(key, answer);
    // A probe that could not be made (no image, stopped) says nothing of KVM.
    answer.catch(() => this.answers.delete(key));
    return answer;
  }
}

import { cpus } from 'node:os';
import type { BootState } from '#contracts';
import { runProgram } from '../../exec/run-program.js';
import { HostUnreadableError } from '../../facts/boot-state.js';
import { ExecutionError } from '../executor.js';
import { Accelerators, kvmDevice, type Accelerator } from './accelerators.js';
import { qemuMissing } from './guest-end.js';
import { guestBootState } from './guest-facts.js';
import { Guest } from './guest.js';
import { kernelImage, type KernelImage } from './kernel-images.js';
import { cpuModelOf, type GuestBoot, guestMemoryMib } from './qemu-command.js';
import type { RunFolders } from './run-folders.js';
import type { VmSettings } from './vm-settings.js';

/** A guest under KVM that works answers within a second or two. */
const kvmProbeMs = 15_000;
const versionLimitMs = 10_000;
/**
 * Boots of a guest under TCG whose kernel panics before it begins with the run: 3 of some 70 boots of 6.12 did so on two
 * busy cores (QEMU 7.2), one by `Oops: int3` in sched_clock_cpu, where the kernel patches itself at boot while the other
 * CPU, a thread of its own in QEMU, runs there. A kernel that always panics still fails.
 */
const mostBoots = 3;
const oneFault: GuestRun = {
  printer: 'kernel',
  parameters: ['--probe', 'pf', '--run', '00000000', '--faults', '1', '--warmup', '0', '--cpu', '0'],
};

/** What the guest is to run: xperf's parameters, and who prints its lines. */
export type GuestRun = Pick<GuestBoot, 'parameters' | 'printer'>;

/** A guest that has said what it is and begins with its run. */
export interface ReadyGuest {
  guest: Guest;
  bootState: BootState;
  accelerator: Accelerator;
}

/** Boots guests: what all virtual hosts of one worker share. */
export class Guests {
  readonly accelerators: Accelerators;
  private version: string | undefined;

  /**
   * @param kernelDir where kernel:build leaves images
   * @param folders where each guest has its console
   * @param stopping ends what is not part of one attempt
   */
  constructor(
    private readonly kernelDir: string,
    private readonly folders: RunFolders,
    private readonly stopping: AbortSignal,
  ) {
    this.accelerators = new Accelerators((vm) => this.probeKvm(vm));
  }

  /**
   * Boots a guest that runs xperf.
   *
   * @param timeoutMs for boot and run together
   * @throws ExecutionError for what is missing and for a guest that does not come up; nothing is left of it then
   */
  async boot(vm: VmSettings, run: GuestRun, timeoutMs: number, signal: AbortSignal): Promise<ReadyGuest> {
    const version = await this.qemuVersion(signal);
    const image = await kernelImage(this.kernelDir, vm.series);
    const accelerator = await this.accelerators.choose(vm);
    signal.throwIfAborted();
    const guest = await this.ready(bootOf(vm, image, accelerator, run), timeoutMs, signal);
    signal.throwIfAborted();
    try {
      const extra = extraOf(vm, image, accelerator, version);
      const bootState = checked(guestBootState(guest.words.facts, accelerator, extra), vm);
      return { guest, bootState, accelerator };
    } catch (error) {
      await guest.discard();
      throw error instanceof HostUnreadableError ? unreadable(error) : error;
    }
  }

  /** A guest that begins with its run; nothing of a run is lost by booting another one until then. */
  private async ready(boot: Parameters<typeof Guest.start>[0], timeoutMs: number, signal: AbortSignal): Promise<Guest> {
    const begun = performance.now();
    for (let boots = 1; ; boots += 1) {
      const leftMs = Math.max(1, Math.round(timeoutMs - (performance.now() - begun)));
      const guest = await Guest.start(boot, this.folders, leftMs, signal);
      try {
        await guest.untilReady();
        return guest;
      } catch (error) {
        signal.throwIfAborted();
        const panicked = error instanceof ExecutionError && error.failure.code === 'guest-panicked';
        if (!panicked || boot.accelerator !== 'tcg' || boots === mostBoots) throw error;
      }
    }
  }

  /** What a host's guests are, by booting one. */
  async describe(vm: VmSettings, timeoutMs: number): Promise<BootState> {
    const { guest, bootState } = await this.boot(vm, oneFault, timeoutMs, this.stopping);
    await guest.discard();
    return bootState;
  }

  private async probeKvm(vm: VmSettings): Promise<string | null> {
    const device = await kvmDevice();
    if (device !== null) return device;
    const image = await kernelImage(this.kernelDir, vm.series);
    const guest = await Guest.start(bootOf(vm, image, 'kvm', oneFault), this.folders, kvmProbeMs, this.stopping);
    try {
      await guest.untilReady();
      this.stopping.throwIfAborted();
      await guest.discard();
      return null;
    } catch (error) {
      if (error instanceof ExecutionError) return error.message;
      throw error;
    }
  }

  private async qemuVersion(signal: AbortSignal): Promise<string> {
    if (this.version !== undefined) return this.version;
    const asked = { file: 'qemu-system-x86_64', args: ['--version'], timeLimitMs: versionLimitMs, signal };
    const { end, stdout } = await runProgram(asked);
    signal.throwIfAborted();
    if (end.kind === 'not-started') throw new ExecutionError(qemuMissing);
    this.version = /version (\S+)/.exec(stdout)?.[1] ?? 'unknown';
    return this.version;
  }
}

function bootOf(
  { kpti, cpuModel, bootOptions }: VmSettings,
  { bzImage, initramfs }: KernelImage,
  accelerator: Accelerator,
  run: GuestRun,
): Parameters<typeof Guest.start>[0] {
  return { bzImage, initramfs, accelerator, kpti, cpuModel, bootOptions, ...run };
}

/** Facts that a guest can't know of itself. */
function extraOf(
  vm: VmSettings,
  image: KernelImage,
  accelerator: Accelerator,
  qemuVersion: string,
): Record<string, string> {
  return {
    qemuVersion,
    accelerator,
    cpuModel: cpuModelOf({ cpuModel: vm.cpuModel, accelerator }) ?? 'default of QEMU',
    ...(vm.bootOptions === undefined ? {} : { bootOptions: vm.bootOptions }),
    memoryMib: String(guestMemoryMib),
    kernelImage: image.kernelInput.slice(0, 16),
    guestImage: image.guestInput.slice(0, 16),
    hostCpu: cpus()[0]?.model.trim() ?? 'unknown',
  };
}

function checked(bootState: BootState, vm: VmSettings): BootState {
  if (bootState.kpti === vm.kpti) return bootState;
  throw new ExecutionError({
    code: 'guest-kpti',
    message: `KPTI was to be ${vm.kpti ? 'on' : 'off'} in the guest, and is not`,
    remedy:
      vm.bootOptions === undefined
        ? `Build the image again: npm run kernel:build -- --series ${vm.series}.`
        : `Look at bootOptions (${vm.bootOptions}): mitigations=off, for one, turns KPTI off on newer series whatever else is said.`,
  });
}

function unreadable(error: HostUnreadableError): ExecutionError {
  return new ExecutionError({
    code: 'guest-facts',
    message: `the guest did not show what it is: ${error.message}`,
    remedy: 'Build the guest again with npm run kernel:build from this tree.',
  });
}

import type { BootState } from '#contracts';
import { parseCpuList } from '#noise-control';
import { bootStateFrom } from '../../facts/boot-state.js';
import type { HostTexts } from '../../facts/host-texts.js';
import { withoutRun } from './qemu-command.js';

const vulnerabilities = '/sys/devices/system/cpu/vulnerabilities/';

function textsOf(facts: ReadonlyMap<string, string>): HostTexts {
  const banner = facts.get('/proc/version') ?? '';
  // The guest shows the first processor's block.
  const cpuinfo = facts.get('/proc/cpuinfo') ?? null;
  const clockSource = facts.get('/sys/devices/system/clocksource/clocksource0/current_clocksource') ?? null;
  const entries = [...facts].filter(([path]) => path.startsWith(vulnerabilities));
  return {
    release: /^Linux version (\S+)/.exec(banner)?.[1] ?? 'unknown',
    version: /(#\d+ .*)$/.exec(banner)?.[1] ?? 'unknown',
    cpuinfo,
    commandLine: withoutRun(facts.get('/proc/cmdline') ?? ''),
    kernelBanner: banner,
    vulnerabilities: Object.fromEntries(entries.map(([path, text]) => [path.slice(vulnerabilities.length), text])),
    smtControl: null,
    governors: [],
    noTurbo: null,
    boost: null,
    // The same counter under the name it bears until it is calibrated, a second after the boot.
    clockSource: clockSource === 'tsc-early' ? 'tsc' : clockSource,
    clockSources: null,
    hypervisorType: null,
    dmiVendor: null,
    dmiProduct: null,
    cgroup: null,
    containerMarkers: [],
    processStatus: null,
    isolatedCpus: null,
    kernelLog: null,
  };
}

/**
 * The boot state of a guest from what it showed of itself. What a guest does not decide (governor, turbo, SMT) is null;
 * under emulation the counter's rate too: there it is the host's clock, calibrated again at each boot.
 *
 * @param extra what only the executor knows
 * @throws HostUnreadableError when it showed no x86 processor
 */
export function guestBootState(
  facts: ReadonlyMap<string, string>,
  accelerator: 'kvm' | 'tcg',
  extra: Record<string, string>,
): BootState {
  const state = bootStateFrom(textsOf(facts));
  const online = parseCpuList(facts.get('/sys/devices/system/cpu/online') ?? null).length;
  return {
    ...state,
    ...(accelerator === 'tcg' ? { tscKhz: null, tscInvariant: null } : {}),
    virtualization: 'vm',
    hypervisor: accelerator === 'tcg' ? 'qemu-tcg' : 'kvm',
    cpus: Math.max(1, online),
    extra: { ...(accelerator === 'tcg' ? {} : state.extra), ...extra },
  };
}

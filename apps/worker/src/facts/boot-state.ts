import type { BootState } from '#contracts';
import { identifyCpu } from '#cpu-catalog';
import { parseCpuinfo } from './cpuinfo.js';
import type { HostTexts } from './host-texts.js';
import { kptiFrom } from './kpti.js';
import { governorFrom, smtFrom, turboFrom } from './power.js';
import { tscInvariant, tscRate } from './tsc.js';
import { containerFrom, hypervisorFrom, virtualizationFrom } from './virtualization.js';

/** This host is no x86-64 Linux that the worker can describe. */
export class HostUnreadableError extends Error {
  override readonly name = 'HostUnreadableError';
}

/**
 * The boot state that every measured run of this host carries.
 *
 * @throws HostUnreadableError when /proc/cpuinfo names no x86 processor: then nothing can be measured here.
 */
export function bootStateFrom(texts: HostTexts): BootState {
  const cpu = parseCpuinfo(texts.cpuinfo);
  if (cpu === null) {
    throw new HostUnreadableError(
      '/proc/cpuinfo names no x86 processor, so this machine cannot be measured; serve only simulated hosts here ' +
        '(WORKER_HOSTS with executors ["simulator"]), or run the worker on an x86-64 Linux host with /proc mounted',
    );
  }
  const commandLine = texts.commandLine?.trim() ?? null;
  const hypervisor = hypervisorFrom(cpu, texts);
  const container = containerFrom(texts);
  const tsc = tscRate(cpu, texts.kernelLog, commandLine);
  const extra: Record<string, string> = {};
  if (container !== null) extra['container'] = container;
  if (tsc !== null) extra['tscRateFrom'] = tsc.source;
  const { vendor, family, model, stepping, name } = cpu;
  const { microarchitecture, generation, year } = identifyCpu(cpu);
  return {
    cpu: { vendor, family, model, stepping, name, microarchitecture, generation, year },
    microcode: cpu.microcode,
    kernelRelease: texts.release,
    kernelVersion: texts.version,
    kernelCommandLine: commandLine,
    mitigations: texts.vulnerabilities,
    kpti: kptiFrom(texts.vulnerabilities['meltdown'], cpu.flags),
    smt: smtFrom(texts.smtControl),
    governor: governorFrom(texts.governors),
    turbo: turboFrom(texts.noTurbo, texts.boost),
    tscKhz: tsc?.khz ?? null,
    tscInvariant: tscInvariant(cpu),
    virtualization: virtualizationFrom(cpu, hypervisor, container),
    hypervisor,
    clockSource: texts.clockSource?.trim() ?? null,
    cpus: cpu.cpus,
    extra,
  };
}

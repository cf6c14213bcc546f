/** What a kernel says of its machine while it boots, as far as a log still has those lines. What it does not say is null. */
export interface BootLines {
  kernelRelease: string | null;
  kernelVersion: string | null;
  commandLine: string | null;
  kpti: boolean | null;
  tscKhz: number | null;
  clockSource: string | null;
  hypervisor: string | null;
  microcode: string | null;
  cpus: number | null;
  cpu: { name: string; family: number; model: number; stepping: number } | null;
}

const nothing: BootLines = {
  ...{ kernelRelease: null, kernelVersion: null, commandLine: null, kpti: null, tscKhz: null, clockSource: null },
  ...{ hypervisor: null, microcode: null, cpus: null, cpu: null },
};

const khz = (megahertz: string | undefined): number => Math.round(Number(megahertz) * 1000);

/**
 * A message of the kernel and what follows from it (arch/x86/kernel/tsc.c, smpboot.c, cpu/hypervisor.c, mm/pti.c,
 * cpu/microcode/core.c, kernel/smp.c, kernel/time/clocksource.c of 6.1 and 6.12). Later ones win.
 */
const lines: readonly { message: RegExp; says: (found: RegExpExecArray) => Partial<BootLines> }[] = [
  { message: /^(?:Kernel command|Command) line: (.*)$/, says: ([, commandLine = '']) => ({ commandLine }) },
  { message: /^tsc: Detected ([\d.]+) MHz/, says: ([, mhz]) => ({ tscKhz: khz(mhz) }) },
  { message: /^tsc: Refined TSC clocksource calibration: ([\d.]+) MHz/, says: ([, mhz]) => ({ tscKhz: khz(mhz) }) },
  { message: /^clocksource: Switched to clocksource (\S+)/, says: ([, clockSource = '']) => ({ clockSource }) },
  { message: /^Hypervisor detected: (.+)$/, says: ([, name = '']) => ({ hypervisor: name.toLowerCase() }) },
  { message: /^Kernel\/User page tables isolation: enabled/, says: () => ({ kpti: true }) },
  { message: /^Kernel\/User page tables isolation: disabled/, says: () => ({ kpti: false }) },
  { message: /^microcode: (?:Current )?revision: (0x[\da-f]+)/, says: ([, microcode = '']) => ({ microcode }) },
  { message: /^microcode: sig=.* revision=(0x[\da-f]+)/, says: ([, microcode = '']) => ({ microcode }) },
  { message: /^smp: Brought up \d+ nodes?, (\d+) CPUs?/, says: ([, cpus]) => ({ cpus: Number(cpus) }) },
  {
    message: /^smpboot: CPU0: (.+) \(family: 0x([\da-f]+), model: 0x([\da-f]+), stepping: 0x([\da-f]+)\)/,
    says: ([, name = '', ...hex]) => {
      const [family = 0, model = 0, stepping = 0] = hex.map((digits) => Number.parseInt(digits, 16));
      return { cpu: { name: name.trim(), family, model, stepping } };
    },
  },
];
const banner = /^Linux version (\S+) .*?(#\d+ .*)?$/;

/** Gathers what boot messages say, message by message. A new boot, which begins with the kernel's banner, forgets the last one. */
export function createBootLineReader(): { take(message: string): void; readonly found: BootLines } {
  let found = nothing;
  return {
    take(message) {
      const booted = banner.exec(message);
      if (booted !== null) {
        found = { ...nothing, kernelRelease: booted[1] ?? null, kernelVersion: booted[2] ?? null };
        return;
      }
      for (const { message: form, says } of lines) {
        const one = form.exec(message);
        if (one === null) continue;
        found = { ...found, ...says(one) };
        return;
      }
    },
    get found() {
      return found;
    },
  };
}

/** Governors of all CPUs, joined by `,` when they differ; null when none is readable (as in most VMs). */
export function governorFrom(governors: readonly (string | null)[]): string | null {
  const names = governors.filter((name) => name !== null).map((name) => name.trim());
  return names.length === 0 ? null : [...new Set(names)].sort().join(',');
}

/** Turbo from intel_pstate's `no_turbo` or cpufreq's `boost`, whichever is there; null without either. */
export function turboFrom(noTurbo: string | null, boost: string | null): boolean | null {
  if (noTurbo !== null) return noTurbo.trim() === '0';
  if (boost !== null) return boost.trim() === '1';
  return null;
}

const smtStates = ['on', 'off', 'notsupported', 'forceoff', 'notimplemented'] as const;

/** /sys/devices/system/cpu/smt/control; a number, as newer kernels write for partly enabled SMT, counts as on. */
export function smtFrom(control: string | null): (typeof smtStates)[number] | null {
  const text = control?.trim() ?? '';
  return smtStates.find((state) => state === text) ?? (/^\d+$/.test(text) ? (text === '1' ? 'off' : 'on') : null);
}

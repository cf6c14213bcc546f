/**
 * Whether kernel and user page tables are apart. The CPU flag `pti` is the kernel's own switch (X86_FEATURE_PTI) and
 * holds also where it was forced on a CPU that needs none; `kaiser` is its first name. Without a readable meltdown
 * entry nothing is said: a kernel too old for the entry may be too old for the flag.
 */
export function kptiFrom(meltdown: string | undefined, flags: ReadonlySet<string>): boolean | null {
  if (flags.has('pti') || flags.has('kaiser')) return true;
  if (meltdown === undefined) return null;
  if (/\bPTI\b/.test(meltdown)) return true;
  return /^(Not affected|Vulnerable|Mitigation)/.test(meltdown) ? false : null;
}

import { instructionTables } from '../costs/instruction-tables.js';

/** Unit of a published figure. `ratio` compares two figures of one source. */
export type Unit = 'TSC cycles' | 'core cycles' | 'ns' | 'ratio';

/** A figure that somebody measured and published; a copy, with its source, of what facts/crossing-costs.json collects. */
export interface PublishedFigure {
  id: string;
  what: string;
  cpu: string | null;
  value: number;
  unit: Unit;
  trust: 'A' | 'B' | 'C';
  source: string;
}

const origin = 'lastweek/linux-xperf-4.19.44, README';
const firstReport = "the origin's first README; printed from the fault handler, bookkeeping included";
const torvalds =
  'Linus Torvalds, "the cost of Linux\'s page fault handling", 30 April 2014, on a service since closed; cited from memory';
const unsaid = 'facts/crossing-costs.json, paths (source not named there)';
const haswellEp = 'Xeon E5-v3 2.4 GHz (Haswell-EP)';

// prettier-ignore
const paths: readonly PublishedFigure[] = [
  { id: 'u2k', what: 'u2k, bare metal, KPTI off, Linux 4.19', cpu: haswellEp, value: 440, unit: 'TSC cycles', trust: 'B', source: `${origin}, mean of 1e6 faults` },
  { id: 'k2u', what: 'k2u, bare metal, KPTI off, Linux 4.19', cpu: haswellEp, value: 270, unit: 'TSC cycles', trust: 'B', source: `${origin}, mean of 1e6 faults` },
  { id: 'first-report-bare', what: 'u2k of the first report, bare metal', cpu: haswellEp, value: 500, unit: 'TSC cycles', trust: 'B', source: firstReport },
  { id: 'first-report-vm', what: 'u2k of the first report, VM', cpu: haswellEp, value: 800, unit: 'TSC cycles', trust: 'B', source: firstReport },
  { id: 'vm-over-bare', what: 'VM / bare metal of the first report', cpu: haswellEp, value: 1.6, unit: 'ratio', trust: 'B', source: firstReport },
  { id: 'page-fault', what: 'page fault without the return', cpu: 'Haswell (client)', value: 715, unit: 'core cycles', trust: 'C', source: torvalds },
  { id: 'iret', what: 'iret to user mode', cpu: 'Haswell (client)', value: 330, unit: 'core cycles', trust: 'C', source: torvalds },
  { id: 'cr3-write', what: 'CR3 write', cpu: null, value: 100, unit: 'core cycles', trust: 'A', source: 'Linux, Documentation/x86/pti.txt: order of a hundred cycles' },
  { id: 'kpti-delta', what: 'empty system call, what KPTI adds (360 - 103 ns)', cpu: 'Skylake, DragonFly BSD', value: 257, unit: 'ns', trust: 'B', source: unsaid },
  { id: 'vm-exit-null', what: 'VM exit: null hypercall', cpu: null, value: 460, unit: 'ns', trust: 'A', source: unsaid },
  { id: 'vm-exit-outl', what: 'VM exit: outl', cpu: null, value: 2008, unit: 'core cycles', trust: 'B', source: unsaid },
  { id: 'call-gate', what: 'call gate round trip', cpu: 'Xeon E3-1270 v5 (Skylake) 3.6 GHz', value: 456, unit: 'core cycles', trust: 'A', source: unsaid },
  { id: 'syscall', what: 'syscall round trip, minimal kernel', cpu: 'Skylake', value: 76, unit: 'core cycles', trust: 'A', source: unsaid },
  { id: 'sysenter', what: 'sysenter round trip, minimal kernel', cpu: 'Skylake', value: 73, unit: 'core cycles', trust: 'A', source: unsaid },
  { id: 'getpid', what: 'getpid, KPTI off', cpu: 'Cascade Lake 8269CY 2.5 GHz', value: 60, unit: 'ns', trust: 'A', source: unsaid },
  { id: 'empty-syscall', what: 'empty system call, KPTI off', cpu: 'Skylake, DragonFly BSD', value: 103, unit: 'ns', trust: 'B', source: unsaid },
  { id: 'empty-syscall-kpti', what: 'empty system call, KPTI on', cpu: 'Skylake, DragonFly BSD', value: 360, unit: 'ns', trust: 'B', source: unsaid },
  { id: 'sel4-call', what: 'seL4 call (SD 10)', cpu: 'i7-4770 (Haswell)', value: 775, unit: 'core cycles', trust: 'A', source: unsaid },
  { id: 'sel4-reply', what: 'seL4 reply (SD 2)', cpu: 'i7-4770 (Haswell)', value: 646, unit: 'core cycles', trust: 'A', source: unsaid },
];

const instructions = (['rdtsc', 'rdtscp', 'mfence', 'lfence'] as const).flatMap((name) =>
  Object.entries(instructionTables).flatMap(([core, table]): PublishedFigure[] => {
    const value = table[name];
    if (value === null) return [];
    const { source } = table;
    return [{ id: `${name}:${core}`, what: name, cpu: core, value, unit: 'core cycles', trust: 'A', source }];
  }),
);

export const publishedFigures: readonly PublishedFigure[] = [...paths, ...instructions];

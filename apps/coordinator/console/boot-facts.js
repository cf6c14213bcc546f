// Everything that is known of a boot state.
import { facts, h, table } from './dom.js';
import { onOff, virtualizationName } from '#wording';
import { tscRate } from './pages/hosts.js';

/** @param {boolean | null} invariant */
const invariance = (invariant) =>
  invariant === null ? 'invariance unknown' : invariant ? 'invariant' : 'not invariant';

/**
 * @param {import('#contracts').BootState} boot
 * @returns {import('./dom.js').Fact[]}
 */
export const bootFacts = (boot) => [
  ['CPU', boot.cpu.name],
  ['Generation', `${boot.cpu.generation}${boot.cpu.year ? ` (${boot.cpu.year})` : ''}`],
  ['Microarchitecture', boot.cpu.microarchitecture],
  ['CPUID', `${boot.cpu.vendor} family ${boot.cpu.family} model ${boot.cpu.model} stepping ${boot.cpu.stepping}`],
  ['Microcode', boot.microcode],
  ['Kernel', boot.kernelRelease],
  ['Kernel build', boot.kernelVersion],
  ['Command line', boot.kernelCommandLine],
  ['KPTI', boot.kpti === null ? 'not known' : onOff(boot.kpti)],
  ['SMT', boot.smt],
  ['Governor', boot.governor],
  ['Turbo', boot.turbo === null ? null : onOff(boot.turbo)],
  ['TSC', `${tscRate(boot.tscKhz)}, ${invariance(boot.tscInvariant)}`],
  ['Clock source', boot.clockSource],
  ['Runs on', [virtualizationName[boot.virtualization], boot.hypervisor].filter(Boolean).join(', ')],
  ['CPUs', boot.cpus ?? 'unknown'],
  ...Object.entries(boot.extra),
];

/** @param {import('#contracts').BootState} boot */
export const mitigationTable = (boot) =>
  table(
    'Mitigations',
    [
      { title: 'Vulnerability', cell: ([name]) => name },
      { title: 'State', long: true, cell: ([, text]) => text },
    ],
    Object.entries(boot.mitigations),
    'The kernel tells of none.',
  );

/** All of it as a section. @param {import('#contracts').BootState} boot @param {string | null} hash */
export const bootSection = (boot, hash) => [
  h('h2', {}, 'Boot state'),
  facts([...bootFacts(boot), ['Hash', hash && h('code', {}, hash)]]),
  h('h2', {}, 'Mitigations'),
  mitigationTable(boot),
];

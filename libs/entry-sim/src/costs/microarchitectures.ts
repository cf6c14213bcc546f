import type { CostClass } from '../vocabulary/crossing-trace.js';
import { anchored, anchoredRange, assumed, carried, type Cost, published } from './constant.js';
import { instructionTables } from './instruction-tables.js';
import { type Lineage, lineages } from './lineage.js';

/** What one microarchitecture pays for each class of step, in core cycles. */
export type ClassCosts = Readonly<Record<CostClass, Cost>>;

export interface MicroarchitectureCosts {
  lineage: Lineage;
  /** Supervisor-mode access prevention: Intel since Broadwell, AMD since Zen (the vendors' manuals, CPUID.7.EBX[20]). */
  smap: boolean;
  classes: ClassCosts;
  /** A trap into the hypervisor and back, its dispatch included. */
  vmExit: Cost;
  /** What a guest's guest pays for entries that the folded tables lack, spread over all crossings. */
  nestedFill: Cost;
  /** Work of a hypervisor that walks the guest's page tables itself. */
  softwareWalk: Cost;
}

const haswellModel = "starting value for Haswell of the crossing-cost model (facts/crossing-costs.json, 'model')";
const noFigure = 'no published figure found: assumed';
const one = (what: string): Cost => assumed(1, `${what}: one cycle, hot in the first-level cache, assumed`);

const memory = one('load or store');
const plain = one('simple instruction');
/** The same on every core: assumptions, and what is not priced. */
const everywhere = {
  push: memory,
  pop: memory,
  load: memory,
  store: memory,
  'alu-load': memory,
  'alu-update': assumed(6, 'read, change and write back: store forwarding of about 5 cycles and one more, assumed'),
  mov: plain,
  alu: plain,
  nop: plain,
  endbr64: plain,
  'sse-mov': plain,
  'jcc-taken': one('predicted branch'),
  'jcc-not-taken': one('predicted branch'),
  jmp: one('predicted branch'),
  call: assumed(2, `predicted call; ${noFigure}`),
  ret: assumed(2, `predicted return; ${noFigure}`),
  cld: assumed(4, noFigure),
  clac: assumed(10, `serializes flags; ${noFigure}`),
  stac: assumed(10, `serializes flags; ${noFigure}`),
  'cr3-read': assumed(10, noFigure),
  rdmsr: assumed(100, `order of magnitude; ${noFigure}`),
  wrmsr: assumed(150, `order of magnitude; ${noFigure}`),
  verw: assumed(400, `order of magnitude of a VERW that clears buffers; ${noFigure}`),
  'failed-page-walk': assumed(40, `${haswellModel}, assumed there: upper levels cached, one entry missing`),
  'fault-handler': {
    cycles: 0,
    source: "the kernel's own work lies outside both windows and is not priced",
    trust: 'A',
    basis: 'published',
    relativeError: 0,
  },
} as const satisfies Partial<Record<CostClass, Cost>>;

/** The only core with published crossings, and so the only one with values for these that were chosen beside them. */
const haswell = {
  'exception-delivery': anchored(510, haswellModel),
  iretq: anchored(325, haswellModel),
  swapgs: anchored(26, haswellModel),
  'cr3-write': anchoredRange(
    100,
    200,
    `${haswellModel}: 100-200 each, the middle; Linux's pti.txt: order of a hundred cycles`,
  ),
} as const satisfies Partial<Record<CostClass, Cost>>;
const vmExit = published(
  2008,
  'B',
  'VM exit by outl, 2008 cycles (facts/crossing-costs.json); CPU not named, a page fault is assumed to cost the same',
);
const softwareWalk = assumed(200, `four dependent loads and checks in software; ${noFigure}`);

/** Of crossings of a guest's guest, those that find an entry missing. */
const nestedFillShare = 0.02;
const nestedFill = assumed(
  nestedFillShare * (vmExit.cycles + softwareWalk.cycles),
  `one crossing in ${1 / nestedFillShare} finds an entry missing in the folded tables, assumed; it costs an exit and a walk`,
);

function core(table: keyof typeof instructionTables, lineage: Lineage, smap: boolean): MicroarchitectureCosts {
  const own = lineage === 'haswell';
  const { distance } = lineages[lineage];
  const inherited = (cost: Cost): Cost => (own ? cost : carried(cost, 'Haswell', distance));
  const { rdtsc, lfence, mfence, source } = instructionTables[table];
  const classes: ClassCosts = {
    ...everywhere,
    rdtsc: published(rdtsc, 'A', source),
    lfence: published(lfence, 'A', source),
    mfence: published(mfence, 'A', source),
    'exception-delivery': inherited(haswell['exception-delivery']),
    iretq: inherited(haswell.iretq),
    swapgs: inherited(haswell.swapgs),
    'cr3-write': inherited(haswell['cr3-write']),
  };
  // The core of the VM exit's figure is not known: carried on every core.
  return { lineage, smap, classes, vmExit: carried(vmExit, 'an unnamed CPU', 0.5), nestedFill, softwareWalk };
}

export const microarchitectureCosts = {
  'sandy-bridge': core('sandy-bridge', 'nearHaswell', false),
  'ivy-bridge': core('ivy-bridge', 'nearHaswell', false),
  haswell: core('haswell', 'haswell', false),
  broadwell: core('broadwell', 'nearHaswell', true),
  skylake: core('skylake', 'nearHaswell', true),
  'cascade-lake': core('cascade-lake', 'nearHaswell', true),
  'ice-lake': core('ice-lake', 'laterIntel', true),
  'golden-cove': core('alder-lake-p', 'laterIntel', true),
  gracemont: core('alder-lake-e', 'atom', true),
  zen: core('zen', 'amd', true),
  zen2: core('zen2', 'amd', true),
  zen3: core('zen3', 'amd', true),
  zen4: core('zen4', 'amd', true),
  zen5: core('zen5', 'amd', true),
} as const satisfies Record<string, MicroarchitectureCosts>;

export type CostTable = keyof typeof microarchitectureCosts;

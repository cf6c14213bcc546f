import type { CostClass } from '../vocabulary/crossing-trace.js';
import { assumed, type Cost } from './constant.js';
import type { MicroarchitectureCosts } from './microarchitectures.js';

/**
 * Who translates addresses.
 * - `bare`: no hypervisor.
 * - `ept`: a guest on nested page tables (Intel EPT, AMD NPT); its page faults reach it without an exit.
 * - `nested`: a guest's guest. The outer hypervisor folds the two nested tables into one, so a hot fault walks as in
 *   `ept` and does not exit either; what is dearer, the filling of those tables, is noise (see noise/parameters.ts).
 * - `shadow`: a guest whose hypervisor keeps the real page tables. Every fault exits and is injected again, and the
 *   repeated store exits once more, to have the shadow entry filled in.
 */
export const PAGING_MODES = ['bare', 'ept', 'nested', 'shadow'] as const;
export type Paging = (typeof PAGING_MODES)[number];

/** A two-dimensional walk reads up to 24 entries instead of 4; cached upper levels leave about half of that. */
const twoDimensionalFactor = 3;

/** The cost of a class under a paging mode. */
export function costUnder(paging: Paging, costClass: CostClass, core: MicroarchitectureCosts): Cost {
  const cost = core.classes[costClass];
  if (costClass !== 'failed-page-walk' || paging === 'bare' || paging === 'shadow') return cost;
  return assumed(
    cost.cycles * twoDimensionalFactor,
    `walk through two tables, ${twoDimensionalFactor} x the plain walk, assumed`,
  );
}

/** What a hypervisor adds behind a step of a window. */
export interface HypervisorStep {
  name: string;
  costClass: 'vm-exit' | 'software-walk';
  cost: Cost;
}

/** Under shadow paging a failed walk leaves the guest, and so does the store when it is repeated. */
export function hypervisorStepsAfter(
  paging: Paging,
  step: { costClass: CostClass; window: string | null; actor: string },
  core: MicroarchitectureCosts,
): HypervisorStep[] {
  if (paging !== 'shadow') return [];
  const exit = (name: string): HypervisorStep[] => [
    { name: `VM exit and entry: ${name}`, costClass: 'vm-exit', cost: core.vmExit },
    { name: "hypervisor walks the guest's page tables", costClass: 'software-walk', cost: core.softwareWalk },
  ];
  if (step.costClass === 'failed-page-walk') return exit('the fault is taken and injected into the guest');
  const repeatedStore = step.window === 'k2u' && step.actor === 'user' && step.costClass === 'store';
  return repeatedStore ? exit('the shadow entry is filled in') : [];
}

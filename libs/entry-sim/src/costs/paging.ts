import type { CostClass } from '../vocabulary/crossing-trace.js';
import type { Cost } from './constant.js';
import type { MicroarchitectureCosts } from './microarchitectures.js';

/**
 * Who translates addresses.
 * - `bare`: no hypervisor.
 * - `ept`: a guest on nested page tables (Intel EPT, AMD NPT); its page faults reach it without an exit. Its walks read
 *   through two tables, but hot ones find most of them cached, and nobody was found to say what is left of that: nothing
 *   is charged for it. The origin's guest took 1.36 (u2k) and 1.37 (k2u) times as long as its bare metal, of which the
 *   clocks alone make 1.33 (2.4 GHz against 3.2 GHz turbo).
 * - `nested`: a guest's guest. The outer hypervisor folds the two nested tables into one, so that a hot fault does not
 *   exit either; now and then the folded tables lack an entry, and the repeated store exits to have it filled in.
 * - `shadow`: a guest whose hypervisor keeps the real page tables. Every fault exits and is injected again, and the
 *   repeated store exits once more, to have the shadow entry filled in.
 */
export const PAGING_MODES = ['bare', 'ept', 'nested', 'shadow'] as const;
export type Paging = (typeof PAGING_MODES)[number];

/** What a hypervisor adds behind a step of a window. */
export interface HypervisorStep {
  name: string;
  costClass: 'vm-exit' | 'software-walk';
  cost: Cost;
}

/**
 * Under shadow paging a failed walk leaves the guest, and so does the store when it is repeated; of a guest's guest the
 * store does now and then.
 */
export function hypervisorStepsAfter(
  paging: Paging,
  step: { costClass: CostClass; window: string | null; actor: string },
  core: MicroarchitectureCosts,
): HypervisorStep[] {
  const repeatedStore = step.window === 'k2u' && step.actor === 'user' && step.costClass === 'store';
  if (paging === 'nested' && repeatedStore)
    return [
      {
        name: 'VM exit and entry, now and then: the folded entry is filled in',
        costClass: 'vm-exit',
        cost: core.nestedFill,
      },
    ];
  if (paging !== 'shadow') return [];
  const exit = (name: string): HypervisorStep[] => [
    { name: `VM exit and entry: ${name}`, costClass: 'vm-exit', cost: core.vmExit },
    { name: "hypervisor walks the guest's page tables", costClass: 'software-walk', cost: core.softwareWalk },
  ];
  if (step.costClass === 'failed-page-walk') return exit('the fault is taken and injected into the guest');
  return repeatedStore ? exit('the shadow entry is filled in') : [];
}

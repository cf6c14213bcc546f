import type { CostClass, CrossingWindow } from '../vocabulary/crossing-trace.js';
import type { Cost } from './constant.js';
import type { MicroarchitectureCosts } from './microarchitectures.js';
import { hypervisorStepsAfter, type Paging } from './paging.js';
import type { PricedStep } from './window-steps.js';

/** A step of a crossing with its price, or what a hypervisor does behind the step before it. */
export interface Charge extends Cost {
  /** The step's text, or what the hypervisor does. */
  name: string;
  window: CrossingWindow | null;
  /** Place of the step in the list that was priced; the hypervisor's doings carry that of the step before them. */
  step: number;
  by: 'program' | 'hypervisor';
  costClass: CostClass | 'vm-exit' | 'software-walk';
}

/** Nothing of an instruction that raised a fault stays; what it took is the walk and the delivery behind it. */
const raised: Cost = {
  cycles: 0,
  source: 'raised a fault: its time is that of the walk and the delivery',
  trust: 'A',
  basis: 'published',
  relativeError: 0,
};

/** The price of every step in core cycles. One truth: simulated runs, predictions and explanations all add these up. */
export function priceSteps(steps: readonly PricedStep[], core: MicroarchitectureCosts, paging: Paging): Charge[] {
  return steps.flatMap((step, index): Charge[] => {
    const own = step.kind === 'faulting-instruction' ? raised : core.classes[step.costClass];
    const { window, costClass } = step;
    return [
      { name: step.text, window, step: index, by: 'program', costClass, ...own },
      ...hypervisorStepsAfter(paging, step, core).map(({ cost, ...doing }): Charge => ({
        ...doing,
        window,
        step: index,
        by: 'hypervisor',
        ...cost,
      })),
    ];
  });
}

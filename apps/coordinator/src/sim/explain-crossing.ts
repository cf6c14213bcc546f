import {
  type SimExplainQuery,
  type SimExplanation,
  simExplanationSchema,
  simPagingSchema,
  simProgramSchema,
} from '#contracts';
import { explain, simulatedMachines, SimulationRefused } from '#entry-sim';
import { invalidInput } from '../problems/problem.js';

/**
 * The simulator's explanation as the API tells it.
 *
 * @throws ProblemError 400 naming the condition that the simulator refuses.
 */
export function explainCrossing(query: SimExplainQuery): SimExplanation {
  try {
    const { machine, lineage, settings, windows, steps, death } = explain(query);
    const { name, cpu, costs, tscMhz, coreMhz, kpti, verw, paging, program } = machine;
    // What the simulator keeps beside that is left out: the API gives what it says it gives.
    return simExplanationSchema.parse({
      provenance: 'simulated',
      machine: {
        name, cpuName: cpu.name, costs, lineage, tscMhz, coreMhz, kpti, verw, smap: settings.smap, virt: paging, program,
      },
      windows,
      steps: steps.map((step) => ({
        ...step,
        state: { ...step.state, changed: [...step.state.changed] },
        stack: [...step.stack],
      })),
      death,
      choices: {
        cpus: Object.keys(simulatedMachines),
        virt: simPagingSchema.options,
        programs: simProgramSchema.options,
      },
    }); // prettier-ignore
  } catch (error) {
    if (!(error instanceof SimulationRefused)) throw error;
    const { field, message, remedy } = error;
    throw invalidInput([{ field, message: message.replace(`; ${remedy}`, ''), remedy }]);
  }
}

import { simulatedBootState, simulatedMachines } from '#entry-sim';
import * as z from 'zod';
import { SettingsError } from '../../env/settings-error.js';
import type { ExecutorKind } from '../kind.js';
import { createSimulator } from './simulator.js';

const settings = z.object({
  /** Key of the simulated machine. */
  machine: z.string({ error: 'a simulated host needs the key of its machine, for example haswell-ep' }).min(1),
});

export const simulatorKind: ExecutorKind = {
  settings,
  open: () =>
    Promise.resolve((host) => {
      const { machine } = settings.parse(host);
      if (Object.hasOwn(simulatedMachines, machine))
        return Promise.resolve({
          bootState: simulatedBootState(machine),
          executor: createSimulator(host.hostId, machine),
        });
      const known = Object.keys(simulatedMachines).join(', ');
      const what = `WORKER_HOSTS: host ${host.hostId}: machine "${machine}" is not known; there are ${known}`;
      return Promise.reject(new SettingsError(what));
    }),
};

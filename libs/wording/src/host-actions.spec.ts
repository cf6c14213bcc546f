import { describe, expect, it } from '@jest/globals';
import {
  type HostAction,
  hostActions,
  hostPermits,
  type HostService,
  hostServiceSchema,
  hostStateSchema,
  type HostState,
} from '#contracts';
import { hostActionsIn, usualChoices } from './index.js';

const serviceOf = (state: HostState): HostService => {
  const said = hostServiceSchema.safeParse(state);
  return said.success ? said.data : 'in-service';
};

describe('what is offered', () => {
  it.each(hostStateSchema.options)('to a host that is %s is each action that changes it', (state) => {
    const service = serviceOf(state);
    const changing = (Object.keys(hostActions) as HostAction[]).filter((action) => {
      const after = hostActions[action][service];
      return after !== null && after !== service;
    });
    expect([...hostActionsIn[state]].sort()).toEqual(changing.sort());
  });

  it('of a job says what becomes of hosts unless it says otherwise', () => {
    for (const { saidBy, job } of Object.values(hostPermits))
      if (saidBy !== null) expect(usualChoices[saidBy]).toBe(job);
  });
});

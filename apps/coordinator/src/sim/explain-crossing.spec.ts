import { describe, expect, it } from '@jest/globals';
import { simExplainQuerySchema, simExplanationSchema, simPagingSchema, simProgramSchema } from '#contracts';
import { explain, PAGING_MODES, PROGRAM_NAMES, simulatedMachines } from '#entry-sim';
import { ProblemError } from '../problems/problem.js';
import { explainCrossing } from './explain-crossing.js';

const asked = (query: Record<string, string>) => explainCrossing(simExplainQuerySchema.parse(query));

describe('explainCrossing', () => {
  it('offers what the simulator knows', () => {
    expect(simPagingSchema.options).toEqual([...PAGING_MODES]);
    expect(simProgramSchema.options).toEqual([...PROGRAM_NAMES]);
    expect(asked({ cpu: 'zen3' }).choices.cpus).toEqual(Object.keys(simulatedMachines));
  });

  it.each([
    { cpu: 'haswell-ep' },
    { cpu: 'skylake-sp', kpti: 'on', verw: 'on', virt: 'shadow', program: 'hook-6.12' },
    { cpu: 'haswell-ep', program: 'origin', kpti: 'on' },
  ])('keeps the contract for %j', (query) => {
    const reply = asked(query);
    expect(simExplanationSchema.parse(JSON.parse(JSON.stringify(reply)))).toMatchObject({
      machine: { name: query.cpu, kpti: query.kpti === 'on' },
    });
  });

  it('tells the simulator’s own figures', () => {
    const { windows, steps } = explain({ cpu: 'zen3', virt: 'ept' });
    const reply = asked({ cpu: 'zen3', virt: 'ept' });
    expect(reply.windows).toEqual(windows);
    expect(reply.steps.map(({ running }) => running)).toEqual(steps.map(({ running }) => running));
  });

  it('refuses an unknown machine by the field’s name', () => {
    expect.assertions(2);
    try {
      asked({ cpu: 'pentium' });
    } catch (error) {
      expect(error).toBeInstanceOf(ProblemError);
      expect((error as ProblemError).document).toMatchObject({
        status: 400,
        errors: [{ field: 'cpu', remedy: expect.stringContaining('haswell-ep') }],
      });
    }
  });
});

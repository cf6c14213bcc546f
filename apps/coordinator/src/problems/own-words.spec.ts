import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { compareCellsQuerySchema, compareQuerySchema } from '#contracts';
import { fieldErrors } from './input-errors.js';
import { validated } from './own-words.js';

const both = { a: 'host=x', b: 'host=y', metric: 'u2k' };
const errorsOf = (schema: z.ZodType, query: Record<string, unknown>) =>
  fieldErrors(validated(schema, query, 'query').issues ?? [], { type: 'query' });

describe('what is wrong with a query, in our words', () => {
  it.each([
    [{ jobId: '12' }, 'jobId', /^must be a whole id \(a UUID/],
    [{ magrin: '0.02' }, 'magrin', /no such name here; did you mean margin\? there are a, b, before, since/],
    [{ zzz: '' }, 'zzz', /no such name here; there are a, b, before/],
    [{ metric: ['u2k', 'k2u'] }, 'metric', /^was given 2 times; give it once$/],
    [{ margin: ['0.1', '0.2', '0.3'] }, 'margin', /^was given 3 times; give it once$/],
    [{ since: '2d', until: '5d' }, 'until', /must be later than since/],
  ])('%j names the parameter', (more, field, message) => {
    const errors = errorsOf(compareQuerySchema, { ...both, ...more });
    expect(errors).toEqual([{ field, message: expect.stringMatching(message), remedy: expect.stringMatching(/./) }]);
  });

  it('says what is missing, and what there is to choose from', () => {
    const [by] = errorsOf(compareCellsQuerySchema, both);
    expect([by?.field, by?.message]).toEqual(['by', 'is missing; give a string']);
    const some = z.strictObject({
      state: z.enum(['failed', 'queued']).optional(),
      limit: z.coerce.number().int().max(9),
    });
    expect(errorsOf(some, { state: 'faild', limit: 'x' }).map(({ message }) => message)).toEqual([
      'must be one of failed, queued; did you mean failed?',
      'must be a number',
    ]);
    expect(errorsOf(some, { limit: '1.5' })[0]?.message).toBe('must be a whole number');
    expect(errorsOf(some, { limit: '12' })[0]?.message).toBe('must be at most 9');
  });

  it('leaves a parameter that may come several times alone', () => {
    const labels = z.strictObject({ label: z.union([z.string(), z.array(z.string())]) });
    expect(validated(labels, { label: ['a', 'b'] }, 'query').issues).toBeNull();
  });
});

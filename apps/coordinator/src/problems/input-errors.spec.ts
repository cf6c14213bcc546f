import { describe, expect, it } from '@jest/globals';
import { jobSpecSchema, uuidSchema } from '#contracts';
import { fieldErrors } from './input-errors.js';

const issuesOf = (body: unknown) => jobSpecSchema.safeParse(body).error?.issues ?? [];

describe('fieldErrors', () => {
  it('names the field of a body, however deep', () => {
    const fields = fieldErrors(issuesOf({ hosts: ['ok', 'NOT OK'], faults: '10', surprise: 1 }), { type: 'body' });
    expect(fields.map((f) => f.field)).toEqual(['hosts[1]', 'faults', 'body']);
    expect(fields.every((f) => f.remedy.length > 0)).toBe(true);
  });

  it('names a parameter by its own name', () => {
    const issues = uuidSchema.safeParse('x').error?.issues ?? [];
    expect(fieldErrors(issues, { type: 'param', data: 'jobId' })[0]).toMatchObject({
      field: 'jobId',
      remedy: expect.stringMatching(/path/),
    });
  });

  it('takes the remedy that a message brings', () => {
    const [error] = fieldErrors([{ message: 'the selector is empty; write label=value terms', path: ['selector'] }], {
      type: 'body',
    });
    expect(error?.remedy).toBe('write label=value terms');
  });

  it('does not answer a thousand errors with a thousand lines', () => {
    const hosts = Array.from({ length: 1_000 }, () => '!');
    expect(fieldErrors(issuesOf({ hosts }), { type: 'body' })).toHaveLength(50);
  });
});

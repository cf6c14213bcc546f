import { describe, expect, it } from '@jest/globals';
import { exitCodes } from '../exit-codes.js';
import { errorFromReply } from './problem-error.js';

const problem = {
  type: 'about:blank',
  title: 'The input is wrong',
  status: 400,
  detail: 'one field is wrong',
  remedy: 'correct it',
  errors: [{ field: 'faults', message: 'must be at least 1', remedy: 'write a number from 1 on' }],
};

describe('errorFromReply', () => {
  it('shows field and remedy of a problem document', () => {
    const error = errorFromReply(400, 'application/problem+json; charset=utf-8', JSON.stringify(problem));
    expect(error.message).toBe('The input is wrong (400): one field is wrong\n  faults: must be at least 1');
    expect(error.remedy).toBe('correct it; write a number from 1 on');
    expect(error).toMatchObject({ exitCode: exitCodes.refused, problem });
  });

  it.each([
    [502, 'text/html', '<h1>Bad gateway</h1>', exitCodes.coordinator],
    [500, 'application/json', '{"statusCode":500}', exitCodes.coordinator],
    [404, 'application/json', 'cut off {', exitCodes.refused],
    [401, null, '', exitCodes.refused],
  ])('tells %i without a problem document by its status', (status, type, body, exitCode) => {
    const error = errorFromReply(status, type, body);
    expect(error).toMatchObject({ exitCode, problem: undefined });
    expect(error.message).toContain(String(status));
  });
});

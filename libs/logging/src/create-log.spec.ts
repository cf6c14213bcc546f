import { describe, expect, it } from '@jest/globals';
import { createLog } from './create-log.js';

function logged(facts: object | Error): Record<string, unknown> {
  let line = '';
  createLog({ level: 'info', base: { service: 'test' } }, { write: (text) => void (line = text) }).error(
    facts,
    'broke',
  );
  return JSON.parse(line) as Record<string, unknown>;
}

describe('the log', () => {
  it.each(['err', 'error', 'cause', 'reason'])('writes an error under %s with type, message and stack', (name) => {
    expect(logged({ [name]: new TypeError('no such page') })).toMatchObject({
      service: 'test',
      msg: 'broke',
      [name]: {
        type: 'TypeError',
        message: 'no such page',
        stack: expect.stringMatching(/TypeError: no such page\n +at .*create-log\.spec/) as unknown,
      },
    });
  });

  it('writes an error that is the whole line’s subject, and what caused it', () => {
    const error = new Error('outer', { cause: new Error('the cause') });
    expect(logged(error)).toMatchObject({ err: { stack: expect.stringContaining('the cause') as unknown } });
    expect(logged({ error })).toMatchObject({ error: { stack: expect.stringContaining('the cause') as unknown } });
  });

  it('strikes out secrets, also beside an error', () => {
    const line = logged({ key: 'xf_secret', at: { password: 'hush' }, error: new Error('x') });
    expect(line).toMatchObject({ key: '[redacted]', at: { password: '[redacted]' }, error: { message: 'x' } });
  });

  it('leaves texts and numbers as they are', () => {
    expect(logged({ error: 'a text', tries: 3 })).toMatchObject({ error: 'a text', tries: 3 });
  });
});

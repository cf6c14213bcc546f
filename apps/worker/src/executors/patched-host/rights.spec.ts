import { describe, expect, it } from '@jest/globals';
import { hookRefusal, logFailure } from './rights.js';

const status = (capabilities: string): string =>
  `Name:\tnode\nUid:\t0\t998\t998\t998\nCapPrm:\t0\nCapEff:\t${capabilities}\nCapBnd:\t0\n`;
const root = status('000001ffffffffff');
const syslogOnly = status('0000000400000000');

describe('the rights of a worker on a patched host', () => {
  it.each([
    { mode: 'any', who: syslogOnly, code: undefined },
    { mode: 'any', who: status('0000000000000000'), code: undefined },
    { mode: 'root', who: root, code: undefined },
    { mode: 'root', who: syslogOnly, code: 'hook-root-only' },
    { mode: 'root', who: null, code: undefined },
    { mode: 'owner', who: root, code: undefined },
    { mode: 'owner', who: syslogOnly, code: undefined, owner: 998 },
    { mode: 'owner', who: syslogOnly, code: 'hook-not-owner', owner: 997 },
    { mode: 'owner', who: syslogOnly, code: 'hook-not-owner' },
    { mode: 'root', who: syslogOnly, code: 'hook-root-only', owner: 998 },
    { mode: 'off', who: root, code: 'hook-off' },
  ] as const)('with mode $mode and owner $owner give $code', ({ mode, who, code, ...more }) => {
    expect(hookRefusal({ mode, owner: null, ...more }, who)?.code).toBe(code);
  });

  it('name the user that is to be the owner', () => {
    expect(hookRefusal({ mode: 'owner', owner: null }, syslogOnly)).toMatchObject({
      message: 'the hook serves root and no other user yet (mode=owner); this worker is user 998',
      remedy: expect.stringContaining('echo owner=998 > /proc/xperf') as unknown,
    });
  });

  it('say whether the log is denied or missing, and what to do', () => {
    for (const denied of ['EPERM', 'EACCES']) {
      expect(logFailure(denied)).toMatchObject({
        code: 'log-denied',
        message: expect.stringContaining(denied) as unknown,
        remedy: expect.stringContaining('AmbientCapabilities=CAP_SYSLOG') as unknown,
      });
    }
    expect(logFailure('ENOENT')).toMatchObject({
      code: 'log-missing',
      remedy: expect.stringContaining('--device') as unknown,
    });
  });
});

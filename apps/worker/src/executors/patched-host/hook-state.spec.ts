import { describe, expect, it } from '@jest/globals';
import { readHookState } from './hook-state.js';

const text = `version=1
magic=0x19940619
capabilities=u2k,k2u,single,batch,checksum,settle,owner
kernel=6.12.117-xperf-hook
kpti=1
fred=0
mode=owner
owner=998
max_batch=64
faults=0
`;

describe('/proc/xperf', () => {
  it('is read', () => {
    expect(readHookState(text, '6.12')).toEqual({ version: '1', mode: 'owner', owner: 998, kpti: true, fred: false });
    const other = text
      .replace('kpti=1', 'kpti=0')
      .replace('mode=owner', 'mode=root')
      .replace('owner=998', 'owner=none');
    expect(readHookState(other, '6.12')).toMatchObject({ mode: 'root', owner: null, kpti: false });
  });

  it.each([
    { what: 'is not there', changed: null, code: 'hook-missing', message: /6\.12\.0-stock.*\/proc\/xperf/ },
    {
      what: 'is of another version',
      changed: text.replace('version=1', 'version=2'),
      code: 'hook-version',
      message: /version=2/,
    },
    {
      what: 'has another magic',
      changed: text.replace('19940619', '20240619'),
      code: 'hook-version',
      message: /20240619/,
    },
    {
      what: 'measures one direction only',
      changed: text.replace('k2u,', ''),
      code: 'hook-version',
      message: /u2k,single/,
    },
    {
      what: 'has a mode of its own',
      changed: text.replace('mode=owner', 'mode=maybe'),
      code: 'hook-version',
      message: /maybe/,
    },
    {
      what: 'names an owner that is no user',
      changed: text.replace('owner=998', 'owner=xperf'),
      code: 'hook-version',
      message: /owner=xperf/,
    },
    {
      what: 'prints between measured faults',
      changed: text.replace(',settle', ''),
      code: 'hook-version',
      message: /with u2k,k2u,checksum,settle,owner/,
    },
    {
      what: 'does not say whether KPTI is on',
      changed: text.replace('kpti=1\n', ''),
      code: 'hook-version',
      message: /kpti= /,
    },
    { what: 'is empty', changed: '', code: 'hook-version', message: /version= / },
  ])('is refused when it $what', ({ changed, code, message }) => {
    const failure = readHookState(changed, '6.12.0-stock');
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) as unknown });
    expect(failure).toMatchObject({ remedy: expect.stringContaining('docs/patched-host.md') as unknown });
  });
});

import { describe, expect, it } from '@jest/globals';
import { chooseAccount, passingCapability } from './account.js';

const root = 'root:x:0:0:root:/root:/bin/bash';
const nobody = 'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin';
const postgres = 'postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash';

describe('chooseAccount', () => {
  it('takes postgres where the system has it', () => {
    expect(chooseAccount([root, nobody, postgres].join('\n'))).toEqual({ name: 'postgres', uid: 101, gid: 104 });
  });
  it('takes nobody otherwise', () => {
    expect(chooseAccount([root, nobody].join('\n'))).toEqual({ name: 'nobody', uid: 65534, gid: 65533 });
  });
  it('takes neither a damaged line nor root under another name', () => {
    expect(chooseAccount(`${root}\npostgres:x\nnobody:x:0:0::/:/bin/sh\n`)).toBeNull();
  });
});

describe('passingCapability', () => {
  const status = (capEff: string) => `Name:\tnode\nCapPrm:\tffffffffffffffff\nCapEff:\t${capEff}\n`;
  it('prefers the weaker one, which only reads and enters', () => {
    expect(passingCapability(status('000001ffffffffff'))).toBe('dac_read_search');
  });
  it('takes dac_override where that is all a container grants', () => {
    expect(passingCapability(status('00000000a80425fb'))).toBe('dac_override');
  });
  it('finds none in an empty set or without the line', () => {
    expect(passingCapability(status('0000000000000000'))).toBeNull();
    expect(passingCapability('Name:\tnode\n')).toBeNull();
  });
});

import { describe, expect, it } from '@jest/globals';
import { isSupported } from './check-node.mjs';
import { missingPackages } from './install.mjs';
import { remedyFor } from './run-npm.mjs';

const { platform, arch } = process;

describe('missingPackages', () => {
  it('finds nothing missing when all that must be there is there in the right version', () => {
    const wanted = { '': {}, 'node_modules/a': { version: '1.0.0' } };
    expect(missingPackages(wanted, { 'node_modules/a': { version: '1.0.0' } }, 'tests')).toEqual([]);
  });

  it('names packages of another version and all of them when nothing was ever installed', () => {
    const wanted = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } };
    expect(missingPackages(wanted, { 'node_modules/a': { version: '1.0.1' } }, 'tests')).toEqual([
      'node_modules/a',
      'node_modules/b',
    ]);
    expect(missingPackages(wanted, null, 'tests')).toHaveLength(2);
  });

  it('wants what is for development only where tests run', () => {
    const wanted = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/jest': { version: '1.0.0', dev: true } };
    expect(missingPackages(wanted, null, 'runtime')).toEqual(['node_modules/a']);
    expect(missingPackages(wanted, null, 'tests')).toEqual(['node_modules/a', 'node_modules/jest']);
  });

  it("wants this platform's binaries and not another's", () => {
    const wanted = {
      'node_modules/here': { version: '1.0.0', optional: true, os: [platform], cpu: [arch] },
      'node_modules/elsewhere': { version: '1.0.0', optional: true, os: ['plan9'], cpu: [arch] },
      'node_modules/perhaps': { version: '1.0.0', optional: true },
    };
    expect(missingPackages(wanted, {}, 'runtime')).toEqual(['node_modules/here']);
  });
});

describe('remedyFor', () => {
  it.each([
    ['npm error code EAI_AGAIN\nnpm error request to https://example.invalid failed', /network/],
    ['npm error code ENOSPC', /disk is full/],
    ['npm error code EACCES', /writable/],
    ['npm error code EUSAGE', /disagree/],
    ['npm error something new', /npm says above/],
  ])('fits %j', (output, remedy) => {
    expect(remedyFor(output)).toMatch(remedy);
  });
});

describe('isSupported', () => {
  it.each([
    ['20.19.0', true],
    ['20.18.3', false],
    ['18.20.4', false],
    ['22.0.0', true],
  ])('%s: %s', (version, supported) => {
    expect(isSupported(version)).toBe(supported);
  });
});

import { describe, expect, it } from '@jest/globals';
import { fragmentOf, hostOptions, unmetOptions, wantedOptions, withOptions } from './config.mjs';

describe('unmetOptions', () => {
  it('accepts a configuration that took everything', () => {
    const wanted = wantedOptions('6.1', 'hook');
    expect(unmetOptions(wanted, fragmentOf(wanted))).toEqual([]);
  });

  it.each([
    { series: '6.1', option: 'PAGE_TABLE_ISOLATION' },
    { series: '6.12', option: 'MITIGATION_PAGE_TABLE_ISOLATION' },
  ])('names page-table isolation when $series was built without it', ({ series, option }) => {
    const wanted = wantedOptions(series, 'hook');
    const config = fragmentOf(wanted).replace(`CONFIG_${option}=y`, '');
    expect(unmetOptions(wanted, config)).toEqual([`CONFIG_${option}: wanted y, is n`]);
  });

  it('names an option that came in uninvited', () => {
    expect(unmetOptions(new Map([['RANDOMIZE_BASE', 'n']]), 'CONFIG_RANDOMIZE_BASE=y\n')).toEqual([
      'CONFIG_RANDOMIZE_BASE: wanted n, is y',
    ]);
  });
});

describe('wantedOptions', () => {
  it('gives each variant its hook and its name', () => {
    const state = (variant: string) =>
      ['XPERF', 'XPERF_NEGATIVE_CONTROL', 'LOCALVERSION'].map((name) => wantedOptions('6.12', variant).get(name));
    expect(state('hook')).toEqual(['y', 'n', '"-xperf-hook"']);
    expect(state('stock')).toEqual(['n', 'n', '"-xperf-stock"']);
    expect(state('negative')).toEqual(['y', 'y', '"-xperf-negative"']);
  });
});

describe('hostOptions', () => {
  const host = [
    'CONFIG_XEN_PV=y',
    'CONFIG_LOCALVERSION=""',
    '# CONFIG_DEBUG_INFO_NONE is not set',
    'CONFIG_DEBUG_INFO=y',
    'CONFIG_DEBUG_INFO_DWARF5=y',
    'CONFIG_SYSTEM_TRUSTED_KEYS="debian/certs/debian-uefi-certs.pem"',
    'CONFIG_EXT4_FS=m',
    '# CONFIG_XPERF is not set',
    '',
  ].join('\n');
  const options = hostOptions('6.12', host);

  it("changes of a host's configuration what the hook needs, and keeps the rest", () => {
    const config = withOptions(host, options);
    expect(unmetOptions(options, config)).toEqual([]);
    expect(config).toContain('CONFIG_EXT4_FS=m\n');
    for (const line of ['CONFIG_XPERF=y', 'CONFIG_MITIGATION_PAGE_TABLE_ISOLATION=y', 'CONFIG_LOCALVERSION="-xperf"'])
      expect(config).toContain(`${line}\n`);
    for (const gone of ['CONFIG_XEN_PV=y', 'CONFIG_DEBUG_INFO=y', 'CONFIG_DEBUG_INFO_DWARF5=y', 'debian/certs'])
      expect(config).not.toContain(gone);
    expect(config.match(/CONFIG_XPERF\b/g)).toHaveLength(1);
  });

  it("empties keys only where a distribution's are named", () => {
    expect(options.get('SYSTEM_TRUSTED_KEYS')).toBe('""');
    expect(options.has('SYSTEM_REVOCATION_KEYS')).toBe(false);
  });
});

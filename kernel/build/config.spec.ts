import { describe, expect, it } from '@jest/globals';
import { fragmentOf, unmetOptions, wantedOptions } from './config.mjs';

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

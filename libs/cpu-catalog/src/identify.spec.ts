import { describe, expect, it } from '@jest/globals';
import { catalogRows, identifyCpu } from './index.js';

const intel = (model: number, stepping = 0) => identifyCpu({ vendor: 'GenuineIntel', family: 6, model, stepping });
const amd = (family: number, model: number, stepping = 0) =>
  identifyCpu({ vendor: 'AuthenticAMD', family, model, stepping });

describe('identifyCpu', () => {
  it.each([
    [0x3f, 2, 'haswell-ep', 2014],
    [0x4f, 1, 'broadwell-ep', 2016],
    [0x55, 4, 'skylake-sp', 2017],
    [0x55, 7, 'cascade-lake', 2019],
    [0x55, 11, 'cooper-lake', 2020],
    [0x6a, 6, 'ice-lake-sp', 2021],
    [0x8f, 8, 'sapphire-rapids', 2023],
    [0x9e, 9, 'kaby-lake', 2017],
    [0x9e, 10, 'coffee-lake', 2017],
  ])('Intel model %i stepping %i is %s', (model, stepping, microarchitecture, year) => {
    expect(intel(model, stepping)).toMatchObject({ known: true, microarchitecture, year });
  });

  it.each([
    [0x17, 0x01, 2, 'zen', 'Naples'],
    [0x17, 0x01, 1, 'zen', null],
    [0x17, 0x18, 1, 'zen-plus', null],
    [0x17, 0x31, 0, 'zen2', 'Rome'],
    [0x19, 0x01, 1, 'zen3', 'Milan'],
    [0x19, 0x01, 2, 'zen3', 'Milan-X'],
    [25, 17, 1, 'zen4', 'Genoa'],
    [0x19, 0x61, 2, 'zen4', null],
    [0x1a, 0x02, 1, 'zen5', 'Turin'],
  ])('AMD family %i model %i stepping %i is %s', (family, model, stepping, microarchitecture, codename) => {
    expect(amd(family, model, stepping)).toMatchObject({ known: true, microarchitecture, codename });
  });

  it('names both kinds of cores of a hybrid package', () => {
    expect(intel(0x97)).toMatchObject({ hybrid: { performance: 'golden-cove', efficiency: 'gracemont' } });
  });

  it('says that it does not know a model, and names its nearest relative', () => {
    expect(amd(0x19, 0xf0)).toMatchObject({
      known: false,
      microarchitecture: 'unknown',
      year: null,
      nearest: { microarchitecture: 'zen4', model: 0xaf },
    });
    expect(identifyCpu({ vendor: 'CentaurHauls', family: 7, model: 59, stepping: 0 })).toMatchObject({
      known: false,
      generation: 'unknown (CentaurHauls family 7 model 59)',
      nearest: null,
    });
  });

  it('takes a stepping that no row lists for unknown', () => {
    expect(intel(0x55, 9)).toMatchObject({ known: false, nearest: { microarchitecture: 'skylake-sp' } });
  });
});

describe('the catalogue', () => {
  it('reaches every row: none is hidden by an earlier one', () => {
    for (const row of catalogRows) {
      const seen = row.models.some((model) =>
        Array.from({ length: 16 }, (_, stepping) => stepping).some((stepping) => {
          const entry = identifyCpu({ vendor: row.vendor, family: row.family, model, stepping });
          const { microarchitecture, generation, year } = row;
          return (
            entry.microarchitecture === microarchitecture && entry.generation === generation && entry.year === year
          );
        }),
      );
      expect([row.microarchitecture, seen]).toEqual([row.microarchitecture, true]);
    }
  });

  it('uses names that may stand in a label', () => {
    for (const { microarchitecture } of catalogRows) expect(microarchitecture).toMatch(/^[a-z0-9-]+$/);
  });
});

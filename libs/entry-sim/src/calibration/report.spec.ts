import { describe, expect, it } from '@jest/globals';
import { checkedOnKpti, lineages } from '../costs/lineage.js';
import { bandRecords, calibrationReport, publishedFigures } from '../index.js';
import { bandFrom, missOf } from './band-records.js';

const rows = calibrationReport();
const row = (id: string) => {
  const found = rows.find((each) => each.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

describe('the calibration report', () => {
  it('says of every published figure what the model gives, or why it gives nothing', () => {
    expect(rows.map(({ id }) => id)).toEqual(publishedFigures.map(({ id }) => id));
    for (const { id, simulated, ratio, value, errorBand, note, source } of rows) {
      expect({ id, source }).toEqual({ id, source: expect.stringMatching(/.{10}/) });
      if (simulated === null)
        expect({ id, ratio, note }).toEqual({ id, ratio: null, note: expect.stringMatching(/.{10}/) });
      else expect({ id, ratio, errorBand }).toEqual({ id, ratio: simulated / value, errorBand: expect.any(Number) });
    }
  });

  it('never consults the published value: double all of them and every ratio halves', () => {
    const doubled = calibrationReport(publishedFigures.map((figure) => ({ ...figure, value: 2 * figure.value })));
    expect(doubled.map(({ simulated }) => simulated)).toEqual(rows.map(({ simulated }) => simulated));
    expect(doubled.map(({ ratio }) => ratio)).toEqual(rows.map(({ ratio }) => (ratio === null ? null : ratio / 2)));
  });

  it.each(['u2k', 'k2u', 'vm-over-bare', 'iret'])('has %s within its error band', (id) => {
    expect(row(id).within).toBe(true);
  });

  it('says plainly of each check by how much the model is off', () => {
    const checks = rows.filter(({ role }) => role === 'check');
    const missed = checks.map((each) => `${each.id} ${Math.round(missOf(each) * 100)} % of ${each.grade}`);
    expect(missed).toEqual([
      'first-report-bare 15 % of haswell',
      'first-report-vm 38 % of haswell',
      'vm-over-bare 20 % of haswell',
      'page-fault 30 % of haswell',
      'kpti-delta 197 % of kpti',
      'vm-exit-null 27 % of vm-exit',
    ]);
    for (const { note } of checks) expect(note).toMatch(/.{20}/);
  });

  it('has bands that follow from the checks: no narrower than the widest miss, in steps of 5 %', () => {
    const of = (grade: string) => rows.filter((each) => each.grade === grade).map(missOf);
    expect(lineages.haswell.accuracy).toBe(bandFrom(of('haswell')));
    expect(checkedOnKpti).toBe(bandFrom(of('kpti')));
    for (const { accuracy, distance } of Object.values(lineages))
      expect(accuracy).toBeCloseTo(Math.hypot(lineages.haswell.accuracy, distance), 2);
  });

  it('says of each grade how often its band held, and how often one made of the other figures would have', () => {
    const told = bandRecords().map(
      (one) => `${one.grade}: ${one.held} of ${one.figures}, by the others ${one.heldByOthers}`,
    );
    expect(told).toEqual([
      'haswell: 4 of 4, by the others 3',
      'nearHaswell: 0 of 0, by the others null',
      'laterIntel: 0 of 0, by the others null',
      'atom: 0 of 0, by the others null',
      'amd: 0 of 0, by the others null',
      'kpti: 1 of 1, by the others null',
      'vm-exit: 1 of 1, by the others null',
    ]);
    const doubled = calibrationReport(publishedFigures.map((figure) => ({ ...figure, value: 2 * figure.value })));
    expect(bandRecords(doubled)[0]).toMatchObject({ figures: 4, held: 0 });
  });

  it('calls no constant of the model a check', () => {
    for (const { id, role, ratio } of rows) {
      if (/^(rdtsc|lfence|mfence):/.test(id) || id === 'vm-exit-outl')
        expect({ id, role: role === 'check' }).toEqual({ id, role: false });
      if (role === 'input') expect({ id, ratio }).toEqual({ id, ratio: 1 });
    }
  });
});

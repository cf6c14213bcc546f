import { describe, expect, it } from '@jest/globals';
import { calibrationReport, publishedFigures } from '../index.js';

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

  it('says plainly where the model is off', () => {
    const off = rows.filter(({ within }) => within === false).map(({ id, role }) => `${id} ${role}`);
    expect(off).toEqual(['first-report-bare check', 'first-report-vm check', 'page-fault check', 'kpti-delta check']);
    for (const { within, note, role } of rows.filter((each) => each.simulated !== null && each.role !== 'input'))
      if (within === false) expect([role, note]).toEqual([role, expect.stringMatching(/.{20}/)]);
  });

  it('calls no constant of the model a check', () => {
    for (const { id, role, ratio } of rows) {
      if (/^(rdtsc|lfence|mfence):/.test(id) || id === 'vm-exit-outl')
        expect({ id, role: role === 'check' }).toEqual({ id, role: false });
      if (role === 'input') expect({ id, ratio }).toEqual({ id, ratio: 1 });
    }
  });
});

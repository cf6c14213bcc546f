import { describe, expect, it } from '@jest/globals';
import { inCell, vmSettingsSchema } from './vm-settings.js';

const own = vmSettingsSchema.parse({ series: '6.12', kpti: true, cpuModel: 'Haswell', bootOptions: 'nokaslr' });

describe('a cell of a matrix on a host', () => {
  it('is the host’s own guest but for what the cell names', () => {
    expect(inCell(own, { series: '6.1', kpti: false })).toEqual({ ...own, series: '6.1', kpti: false });
    expect(inCell(own, { series: '6.12', kpti: true, cpuModel: 'max', bootOptions: 'mem=64M' })).toEqual({
      ...own,
      cpuModel: 'max',
      bootOptions: 'mem=64M',
    });
  });

  it('has no boot options when it asks for none', () => {
    expect(inCell(own, { series: '6.12', kpti: true, bootOptions: '' })).not.toHaveProperty('bootOptions');
  });
});

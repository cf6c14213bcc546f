import { describe, expect, it } from '@jest/globals';
import { sampleRowSchema } from '#contracts';
import { batchText, headerText } from './sample-text.js';

const batch = {
  cpu: 3,
  seq: Int32Array.of(7, 8),
  columns: { u2k: Int32Array.of(440, 441), k2u: Int32Array.of(270, -1) },
  interrupted: Uint8Array.of(0, 1),
};
const roundTrip = {
  cpu: 0,
  seq: Int32Array.of(0),
  columns: { pf_rt: Int32Array.of(-1) },
  interrupted: Uint8Array.of(0),
};

const text = (...batchTextOf: Parameters<typeof batchText>): string => [...batchText(...batchTextOf)].join('');

describe('batchText', () => {
  it('writes NDJSON rows of the contract', () => {
    const rows = text('ndjson', 'pf', batch)
      .trimEnd()
      .split('\n')
      .map((line) => sampleRowSchema.parse(JSON.parse(line)));
    expect(rows).toEqual([
      { seq: 7, cpu: 3, interrupted: false, u2k: 440, k2u: 270 },
      { seq: 8, cpu: 3, interrupted: true, u2k: 441, k2u: null },
    ]);
  });

  it('writes CSV with a header and an empty cell for a missing k2u', () => {
    expect(headerText('csv', 'pf') + text('csv', 'pf', batch)).toBe(
      'seq,cpu,interrupted,u2k,k2u\n7,3,0,440,270\n8,3,1,441,\n',
    );
  });

  it('has a missing value in k2u only', () => {
    expect(text('csv', 'pf_rt', roundTrip)).toBe('0,0,0,-1\n');
  });

  it('refuses a batch without a metric of its probe', () => {
    expect(() => text('csv', 'pf', roundTrip)).toThrow(/no column u2k/);
  });

  it('cuts a long batch into pieces without losing a line', () => {
    const seq = Int32Array.from({ length: 2_500 }, (_, i) => i);
    const pieces = [
      ...batchText('csv', 'pf_rt', { cpu: 0, seq, columns: { pf_rt: seq }, interrupted: new Uint8Array(2_500) }),
    ];
    expect(pieces).toHaveLength(3);
    expect(
      pieces
        .join('')
        .trimEnd()
        .split('\n')
        .map((row) => Number(row.split(',')[0])),
    ).toEqual([...seq]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { createOriginReportReader, createRunFinder, formatContractLine, readOriginReports } from './index.js';

const log = [
  'something else',
  formatContractLine('00000001', 'begin probe=pf faults=2 warmup=0 pid=7 cpu=0 batch=1 overhead=24'),
  formatContractLine('00000001', 'pid=7 cpu=0 seq=0 u2k=440 k2u=270 irq=0'),
  // its begin line was lost
  formatContractLine('00000002', 'pid=7 cpu=0 seq=0 n=2 pf_rt=900,901'),
  formatContractLine('00000002', 'end faults=2 samples=2 rejected=0'),
  // only its end line is there
  formatContractLine('00000003', 'end faults=9 samples=9 rejected=0'),
  formatContractLine('00000004', 'begin probe=later_probe faults=5 warmup=0 pid=7 cpu=0 batch=1 overhead=24'),
  formatContractLine('00000005', 'pid=7 cpu=0 seq=0 n=2 d=440/270,440/-1'),
  // a nonce that damage changed
  formatContractLine('00000001', 'pid=7 cpu=0 seq=1 u2k=440 k2u=270 irq=0').replace('00000001', '0000000f'),
]
  .map((line) => `[   12.345678] ${line}\n`)
  .join('');

function find(text: string, chunkBytes: number, wanted?: string) {
  const finder = createRunFinder(wanted);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) finder.push(bytes.subarray(at, at + chunkBytes));
  return finder.end();
}

describe('createRunFinder', () => {
  it.each([1, 7, 100, 1_000, 100_000])('finds the runs of a log in chunks of %d bytes', (chunkBytes) => {
    expect(find(log, chunkBytes)).toEqual({
      runs: [
        { nonce: '00000001', probe: 'pf', announced: 2 },
        { nonce: '00000002', probe: 'pf_rt', announced: 2 },
        { nonce: '00000003', probe: null, announced: 9 },
        { nonce: '00000004', probe: 'later_probe', announced: 5 },
        { nonce: '00000005', probe: 'pf', announced: null },
      ],
      more: false,
      markedLines: 8,
      colouredLines: 0,
      otherVersions: [],
    });
  });

  it('keeps 10,000 runs, and the wanted one behind them', () => {
    const many = Array.from({ length: 10_002 }, (_, run) =>
      formatContractLine(run.toString(16).padStart(8, '0'), 'end faults=1 samples=1 rejected=0'),
    ).join('\n');
    expect(find(many, 65_536)).toMatchObject({ more: true, runs: { length: 10_000 } });
    const last = (10_001).toString(16).padStart(8, '0');
    expect(find(many, 65_536, last).runs.at(-1)?.nonce).toBe(last);
  });
});

describe('createOriginReportReader', () => {
  const report =
    'XPERF REPORT (Average of #10 run)\n  [User to Kernel (u2k)]  440 (cycles)\n  [Kernel to User (k2u)]  270 (cycles)\n';
  const text = `${'x'.repeat(700)}\n${report}é\n${report}${'y'.repeat(900)}\n${report}`;

  it.each([1, 50, 600, 10_000])('finds each report once, in chunks of %d bytes', (chunkBytes) => {
    const bytes = Buffer.from(text);
    const reader = createOriginReportReader();
    const found = [];
    for (let at = 0; at < bytes.length; at += chunkBytes)
      found.push(...reader.push(bytes.subarray(at, at + chunkBytes)));
    expect(found).toHaveLength(3);
    expect(found).toEqual(readOriginReports(bytes.toString('latin1')));
  });
});

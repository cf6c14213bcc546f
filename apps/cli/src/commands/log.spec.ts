import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogReader, formatContractLine, type SamplesItem } from '#dmesg';
import { simulateRun, type SimulatedRunOptions } from '#entry-sim';
import { summarize } from '#stats';
import { exitCodes } from '../exit-codes.js';
import { xfAlone } from '../testing/xf-alone.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'xf-spec-'))));
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(path.join(folder, name), content);
  return path.join(folder, name);
}

const read = (...words: string[]) => xfAlone('log', 'read', ...words);

const simulatedLog = (options: Partial<SimulatedRunOptions> = {}): string =>
  [
    ...simulateRun({
      machine: 'haswell-ep',
      probe: 'pf',
      faults: 5_000,
      warmup: 10,
      nonce: '0badf00d',
      seed: 7,
      batch: 8,
      ...options,
    }),
  ].join('');

/** What libs/dmesg reads of a run when told its nonce. */
function expected(log: string, nonce = '0badf00d') {
  const reader = createLogReader({ nonce, probe: 'pf' });
  const items = [...reader.push(Buffer.from(log)), ...reader.end()];
  const samples = items.filter((item): item is SamplesItem => item.kind === 'samples');
  const values = (metric: 'u2k' | 'k2u') => samples.flatMap(({ columns }) => [...(columns[metric] ?? [])]);
  return { accounting: reader.accounting(), gaps: items.filter(({ kind }) => kind === 'gap').length, values };
}

/** The input part of a file of libs/dmesg's corpus. */
async function corpus(name: string): Promise<string> {
  const whole = await readFile(path.join(import.meta.dirname, '../../../../libs/dmesg/corpus', name), 'latin1');
  const begin = '--- input\n';
  return file(
    name,
    Buffer.from(whole.slice(whole.indexOf(begin) + begin.length, whole.lastIndexOf('--- expected\n')), 'latin1'),
  );
}

interface Read {
  form: string;
  runs: unknown[];
  run: { nonce: string; figures: { metric: string; p50: number; missing: number }[]; gaps: unknown[] } | null;
  originReports: unknown[];
}
const json = async (...words: string[]): Promise<Read> => JSON.parse((await read('--json', ...words)).out) as Read;

describe('xf log read', () => {
  it.each([
    ['whole', undefined],
    ['with lost records and cut lines', ['ring-overflow', 'cut-lines'] as const],
  ])('reads a simulated log, %s, as libs/dmesg does', async (_, damage) => {
    const log = simulatedLog({ damage });
    const want = expected(log);
    const found = await json(await file('simulated', log));
    expect(found).toMatchObject({
      form: 'kmsg',
      runs: [{ nonce: '0badf00d', probe: 'pf', announced: 5_000 }],
      run: { nonce: '0badf00d', probe: 'pf', warmup: 10, ...want.accounting },
      originReports: [],
    });
    expect(want.accounting.lost > 0).toBe(damage !== undefined);
    expect(found.run?.gaps).toHaveLength(want.gaps);
    for (const { metric, missing, ...summary } of found.run?.figures ?? []) {
      const values = want.values(metric as 'u2k').filter((value) => value >= 0);
      expect(summary).toEqual(summarize(Int32Array.from(values)));
      expect(missing).toBe(want.accounting.samples - values.length);
    }
    expect(found.run?.figures.map(({ metric }) => metric)).toEqual(['u2k', 'k2u']);
  });

  it('tells it in words, within 80 columns', async () => {
    const log = simulatedLog({ damage: ['ring-overflow', 'cut-lines'] });
    const { accounting } = expected(log);
    const { code, out } = await read(await file('simulated', log));
    expect(code).toBe(exitCodes.ok);
    expect(out).toContain('run 0badf00d, probe pf, process ');
    const words = out.replace(/\s+/g, ' ');
    expect(words).toContain('5,000 announced: ');
    expect(words).toContain(` ${accounting.lost.toLocaleString('en-US')} lost, ${accounting.rejected} rejected`);
    expect(words).toContain(`lines: ${accounting.damagedLines} damaged`);
    expect(out).toMatch(/metric +values +missing +p5 +p50 +p99/);
    expect(words).toMatch(new RegExp(`gaps: .* sample-gap \\(${accounting.lost.toLocaleString('en-US')} samples\\)`));
    expect(out).toMatch(/record-gap, bytes \d+ to \d+: \d+ kernel-log/);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('writes the samples as CSV in the columns of xf export, and says on standard error what is lost', async () => {
    const log = simulatedLog({ damage: ['cut-lines'] });
    const { accounting, values } = expected(log);
    const { out, err } = await read('--csv', await file('simulated', log));
    const [header, ...rows] = out.trimEnd().split('\n');
    expect(header).toBe('seq,cpu,interrupted,u2k,k2u');
    expect(rows.map((row) => Number(row.split(',')[3]))).toEqual(values('u2k'));
    expect(err).toContain(`${accounting.lost.toLocaleString('en-US')} samples lost of 5,000 announced faults`);
  });

  it('lists the runs of a log that holds several, and reads the one that is named', async () => {
    const log = await file('two', simulatedLog() + simulatedLog({ nonce: '12345678', faults: 100, seed: 8 }));
    const { code, err } = await read(log);
    expect(code).toBe(exitCodes.usage);
    expect(err).toMatch(/holds 2 runs:\n {2}0badf00d {2}pf, 5,000 announced faults\n {2}12345678 {2}pf, 100 announced/);
    expect(err).toContain('→ choose one: --nonce 12345678');
    expect(await json(log, '--nonce', '12345678')).toMatchObject({
      run: { nonce: '12345678', announced: 100, lost: 0 },
    });
    expect((await read(log, '--nonce', 'deadbeef')).err).toMatch(
      /no good line of run deadbeef; it holds:\n {2}0badf00d/,
    );
    expect((await read(log, '--nonce', '0xBAD')).err).toContain('must be 8 lower-case hex digits');
  });

  it('reads logs of the corpus: dmesg text, the journal, a serial console', async () => {
    for (const [name, form] of [
      ['dmesg-ctime.txt', 'text'],
      ['journal-json.txt', 'journal-json'],
      ['journal-export.txt', 'journal-export'],
      ['dmesg-json.txt', 'dmesg-json'],
    ] as const) {
      const found = await json(await corpus(name), '--nonce', '0badf00d');
      expect([name, found.form, found.run?.nonce]).toEqual([name, form, '0badf00d']);
    }
    const damaged = await read(await corpus('damage-of-every-kind.txt'), '--nonce', '0badf00d');
    expect(damaged.out).toMatch(/damaged-line, bytes \d+ to \d+: cut short/);
  });

  it('reads a pipe, of which nothing is left in a file', async () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const tmp = process.env['TMPDIR'];
    process.env['TMPDIR'] = folder;
    const [found] = await Promise.all([json(pipe), writeFile(pipe, simulatedLog({ faults: 200 }))]);
    if (tmp === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = tmp;
    expect(found.run).toMatchObject({ announced: 200, lost: 0 });
    expect((await readdir(folder)).filter((name) => name.startsWith('xf-log-'))).toEqual([]);
  });

  it('shows the means that the origin’s program printed; they have no samples', async () => {
    const log = await corpus('origin-report.txt');
    expect(await json(log)).toMatchObject({ run: null, originReports: [{ faults: 1_000_000, meanU2kCycles: 440 }] });
    expect((await read(log)).out).toMatch(/means over 1,000,000 faults,\s+u2k 440,\s+k2u 270/);
    expect((await read(log, '--csv')).err).toContain('there is no sample in');
  });

  const unknownProbe = formatContractLine(
    '0badf00d',
    'begin probe=later faults=5 warmup=0 pid=7 cpu=0 batch=1 overhead=24',
  );
  const changed = formatContractLine('0badf00d', 'end faults=5 samples=5 rejected=0').replace('samples=5', 'samples=6');
  it.each([
    [
      'a log without a run',
      'Linux version 6.12\n',
      /no line of a run: no "xperf: magic=0x19940619 v=1[\s\S]+→ .*journalctl -k/,
    ],
    ['an empty file', '', /is empty/],
    ['a binary file', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]), /is a binary file/],
    ['a compressed log', gzipSync(simulatedLog()), /is compressed by gzip\n→ zcat .* \| xf log read -/],
    ['a journal of systemd', 'LPKSHHRH\0\0', /binary journal of systemd\n→ journalctl -k -o export --file/],
    ['nothing but damage', `${changed}\n`, /1 line marked magic=0x19940619, none of them with a right checksum/],
    [
      'a probe of a later release',
      `${unknownProbe}\n`,
      /probe later, which this xf does not know\n→ it knows pf, pf_rt/,
    ],
    ['a later contract', `${changed.replace('v=1', 'v=2')}\n`, /contract version 2; this xf reads version 1/],
    [
      'colours',
      simulatedLog().replaceAll('xperf: ', 'xperf: \x1b[0m'),
      /terminal colours[\s\S]+→ .*dmesg --color=never/,
    ],
  ])('refuses %s', async (_, content, told) => {
    const { code, err } = await read(await file('bad', content));
    expect(err).toMatch(told);
    expect(code).toBe(exitCodes.usage);
  });

  it.each([
    ['a file that is not there', ['/nowhere/dmesg.txt'], /\/nowhere\/dmesg.txt does not exist/],
    ['a directory', ['/'], /\/ is a directory/],
    ['a device', ['/dev/null'], /is a device, whose log does not end\n→ dmesg \| xf log read -/],
    ['CSV and JSON at once', ['--csv', '--json', '/dev/null'], /--csv and --json/],
  ])('refuses %s', async (_, words, told) => {
    const { code, err } = await read(...words);
    expect([code, told.test(err)]).toEqual([exitCodes.usage, true]);
  });
});

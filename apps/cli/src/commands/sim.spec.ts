import { createLogReader } from '#dmesg';
import { explain, predict } from '#entry-sim';
import { describe, expect, it } from '@jest/globals';
import { exitCodes } from '../exit-codes.js';
import { xfAlone } from '../testing/xf-alone.js';

const sim = (...words: string[]) => xfAlone('sim', ...words);

describe('xf sim', () => {
  it('explain tells the crossing instruction by instruction, in words and as JSON', async () => {
    const { out } = await sim('explain', '--cpu', 'haswell-ep', '--kpti', 'on');
    const { steps } = explain({ cpu: 'haswell-ep', kpti: true });
    for (const { text: instruction, symbol } of steps) expect(out).toContain(instruction + (symbol ? ' ' : ''));
    expect(out).toMatch(/── user → kernel begins[\s\S]+── user → kernel ends[\s\S]+── kernel → user begins/);
    expect(out).toMatch(/│ \S+ {2}0x0{15}6 {2}error code ◄ RSP/);
    expect(out).toMatch(/u2k: 3 instructions, 576 core cycles = 432 TSC cycles ± 40 % \(simulated\)/);
    const json = JSON.parse((await sim('--json', 'explain', '--cpu', 'haswell-ep', '--kpti', 'on')).out) as object;
    expect(json).toEqual({
      provenance: 'simulated',
      ...JSON.parse(JSON.stringify(explain({ cpu: 'haswell-ep', kpti: true }))),
    });
  });

  it('explain shows where a mechanism kills the machine', async () => {
    const { code, out } = await sim('explain', '--cpu', 'haswell-ep', '--program', 'origin', '--kpti', 'on');
    expect(code).toBe(exitCodes.ok);
    expect(out).toContain('the machine dies here: #DF');
  });

  it('predict gives the figures with their band and standing', async () => {
    const { out } = await sim('predict', '--cpu', 'zen3', '--virt', 'ept', '--kpti', 'on');
    expect(out).toMatch(/u2k .* ± 64 % .* estimate/);
    expect(out).toMatch(/kpti \(outside both\)/);
    const json = JSON.parse((await sim('--json', 'predict', '--cpu', 'zen3')).out) as ReturnType<typeof predict>;
    expect(json.figures).toEqual(JSON.parse(JSON.stringify(predict({ cpu: 'zen3' }).figures)));
  });

  it('calibration puts published and simulated side by side', async () => {
    const { out } = await sim('calibration');
    expect(out).toMatch(/u2k, bare metal.*440 TSC cycles +435 +0\.989/);
    expect(out).not.toContain('rdtscp');
    expect(out).toMatch(/Haswell +± 40 % +4 of 4 +3 of 4 +38 %/);
    expect(out).toMatch(/AMD +± 64 % +no figure/);
    expect((await sim('calibration', '--all')).out).toContain('rdtscp');
  });

  it('log writes a kernel log, damaged as asked, that adds up', async () => {
    const { out } = await sim('log', '--faults', '500', '--batch', '8', '--fault', 'ring-overflow,cut-lines');
    const reader = createLogReader({ nonce: '0badf00d', probe: 'pf' });
    const items = [...reader.push(Buffer.from(out, 'latin1')), ...reader.end()];
    const { announced, samples, lost, rejected } = reader.accounting();
    expect([announced, samples + lost + rejected, lost > 0]).toEqual([500, 500, true]);
    const seqs = items.flatMap((item) => (item.kind === 'samples' ? [...item.seq] : []));
    expect([seqs.length, new Set(seqs).size]).toEqual([samples, samples]);
  });

  it.each([
    ['more hosts than one worker serves', ['--hosts', '10001'], exitCodes.usage, /at most 10000[\s\S]+--worker-id/],
    ['no host', ['--hosts', '0'], exitCodes.usage, /hosts: 0 is not a number of hosts/],
    ['a fleet without a coordinator', [], exitCodes.unreachable, /no coordinator is known/],
    [
      'a coordinator elsewhere without its store',
      ['--url', 'http://127.0.0.1:9', '--key', 'k'],
      exitCodes.usage,
      /--database-url/,
    ],
  ])('fleet refuses %s', async (_, words, exitCode, told) => {
    const { code, err } = await sim('fleet', ...words);
    expect(code).toBe(exitCode);
    expect(err).toMatch(told);
  });

  it.each([
    ['an unknown machine', ['predict', '--cpu', 'pentium'], /cpu: "pentium".*\n→ choose one of: .*haswell-ep/],
    ['no machine', ['explain'], /--cpu/],
    ['neither on nor off', ['predict', '--cpu', 'zen3', '--kpti', 'maybe'], /must be on or off/],
    ['an unknown mode', ['predict', '--cpu', 'zen3', '--virt', 'xen'], /bare, ept, nested, shadow/],
    ['a mechanism that dies', ['predict', '--cpu', 'zen3', '--program', 'origin'], /the machine dies with origin/],
    ['an unknown fault', ['log', '--fault', 'fire'], /damage: "fire".*\n→ choose from: ring-overflow/],
    ['an unknown machine', ['log', '--machine', 'pentium'], /machine: "pentium"/],
  ])('refuses %s with what to do', async (_, words, told) => {
    const { code, err } = await sim(...words);
    expect(code).toBe(exitCodes.usage);
    expect(err).toMatch(told);
  });
});

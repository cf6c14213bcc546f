import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogReader, type LogItem } from '#dmesg';
import { simulatedBootState } from '#entry-sim';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionRequest } from '../executor.js';
import { CompileCache } from '../xperf/compile-cache.js';
import { xperfFolder } from '../xperf/sources.js';
import { createStockHost, type StockHostOptions } from './stock-host.js';

const nonce = '0badcafe';
const request: ExecutionRequest = { probe: 'pf_rt', faults: 20_000, warmup: 500, nonce, seed: 1, timeoutMs: 30_000 };

describe('the stock-host executor on this machine (needs a C compiler: apt install build-essential)', () => {
  let cacheDir: string;
  let options: StockHostOptions;
  const never = new AbortController().signal;

  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'xf-stock-'));
    const programs = new CompileCache(cacheDir, xperfFolder(), never);
    options = {
      bootState: simulatedBootState('haswell-ep'),
      provenance: 'measured',
      programs,
      cpu: null,
      architecture: process.arch,
    };
    await programs.program();
  }, 60_000);
  afterAll(() => rm(cacheDir, { recursive: true, force: true }));

  it.each(['pf_rt', 'syscall_rt'] as const)('measures %s for real: every fault is accounted for', async (probe) => {
    const execution = await createStockHost(options).prepare({ ...request, probe }, never);
    expect(execution.bootState.extra).toMatchObject({ compiler: expect.any(String) as unknown });
    const reader = createLogReader({ nonce, probe });
    const items: LogItem[] = [];
    for await (const bytes of execution.execute()) items.push(...reader.push(bytes));
    items.push(...reader.end());
    const { samples, lost, rejected, announced } = reader.accounting();
    expect(announced).toBe(20_000);
    expect(lost).toBe(0);
    expect(samples + rejected).toBe(20_000);
    const seqs = items.flatMap((item) => (item.kind === 'samples' ? [...item.seq] : []));
    expect({ read: seqs.length, distinct: new Set(seqs).size }).toEqual({ read: samples, distinct: samples });
    expect(seqs.every((seq) => seq >= 0 && seq < 20_000)).toBe(true);
    const cycles = items.flatMap((item) => (item.kind === 'samples' ? [...(item.columns[probe] ?? [])] : []));
    // Nothing crosses into the kernel and back in less than 20 cycles, on whatever CPU.
    expect(Math.min(...cycles.slice(0, 10_000))).toBeGreaterThan(20);
  });

  it('pins to the CPU that it was given', async () => {
    const execution = await createStockHost({ ...options, cpu: 0 }).prepare({ ...request, faults: 100 }, never);
    expect(execution.bootState.extra).toMatchObject({ pinnedCpu: '0' });
    const reader = createLogReader({ nonce, probe: 'pf_rt' });
    const items: LogItem[] = [];
    for await (const bytes of execution.execute()) items.push(...reader.push(bytes));
    items.push(...reader.end());
    expect(items.find(({ kind }) => kind === 'begin')).toMatchObject({ cpu: 0 });
  });

  async function failureCode(
    change: Partial<StockHostOptions>,
    wanted: Partial<ExecutionRequest> = {},
  ): Promise<string> {
    try {
      const execution = await createStockHost({ ...options, ...change }).prepare({ ...request, ...wanted }, never);
      for await (const bytes of execution.execute()) expect(bytes.length).toBeGreaterThan(0);
    } catch (error) {
      return (error as { failure: { code: string } }).failure.code;
    }
    return 'none';
  }

  it('fails with a name when it can not pin', async () => {
    expect(await failureCode({ cpu: 1_023 })).toBe('pin-failed');
  });

  it('fails with a name on another architecture', async () => {
    expect(await failureCode({ architecture: 'arm64' })).toBe('not-x86-64');
  });

  it('ends xperf at the time limit', async () => {
    expect(await failureCode({}, { faults: 100_000_000, timeoutMs: 300 })).toBe('timeout');
  });

  it('ends xperf when the attempt is aborted, without an error of its own', async () => {
    const abort = new AbortController();
    const endless = { ...request, faults: 100_000_000, timeoutMs: 60_000 };
    const execution = await createStockHost(options).prepare(endless, abort.signal);
    let bytes = 0;
    for await (const chunk of execution.execute()) {
      bytes += chunk.length;
      abort.abort();
    }
    expect(bytes).toBeGreaterThan(0);
  });
});

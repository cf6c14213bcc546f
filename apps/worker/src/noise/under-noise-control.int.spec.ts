import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { executorOf, noiseOf, type BootState, type Provenance } from '#contracts';
import { simulatedBootState } from '#entry-sim';
import { hashBootState } from '#lifecycle';
import { setQuiet, type Machine } from '#noise-control';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeMachine, fakeRoot, laptopFiles, textsIn } from '../../../../libs/noise-control/src/testing/fake-root.js';
import type { Execution, ExecutionRequest, Executor } from '../executors/executor.js';
import { NoiseKeeper, type NoiseMode } from './noise-keeper.js';
import { underNoiseControl } from './under-noise-control.js';

const request: ExecutionRequest = {
  probe: 'pf_rt',
  faults: 1,
  warmup: 0,
  nonce: '0badcafe',
  seed: 1,
  timeoutMs: 1_000,
};
const signal = new AbortController().signal;
const measured: BootState = { ...simulatedBootState('haswell-ep'), extra: {} };

describe('an executor under noise control', () => {
  let root: string;
  let machine: Machine;
  let logged: { message: string; facts: object }[];

  beforeEach(() => {
    root = fakeRoot();
    machine = fakeMachine(root);
    logged = [];
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const keeper = (mode: NoiseMode): NoiseKeeper => {
    const note = (facts: object, message: string): void => void logged.push({ facts, message });
    return new NoiseKeeper(mode, machine, { info: note, warn: note });
  };
  const governor = (): string | undefined => {
    const text = machine.files.read('sys/devices/system/cpu/cpu3/cpufreq/scaling_governor');
    return 'text' in text ? text.text.trim() : undefined;
  };

  /** An executor that says which governor it measured under. */
  function executor(name: Executor['name'], provenance: Provenance, bootState = measured, fails = false): Executor {
    async function* execute(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${governor()}`);
      if (fails) throw await Promise.resolve(new Error('broke'));
      yield Buffer.from(`${governor()}`);
    }
    const pinnedCpu = executorOf(name).host === 'real' ? 3 : null;
    const execution = { bootState, provenance, pinnedCpu, execute, discard: () => Promise.resolve() };
    return { name, probes: ['pf_rt'], provenance, prepare: () => Promise.resolve(execution) };
  }

  async function prepare(mode: NoiseMode, inner: Executor): Promise<Execution> {
    const host = { hostId: 'h', labels: {}, bootState: measured, executors: [inner] };
    const [controlled] = underNoiseControl([host], keeper(mode));
    return (controlled?.executors[0] as Executor).prepare(request, signal);
  }

  async function said(execution: Execution): Promise<string[]> {
    const words: string[] = [];
    for await (const bytes of execution.execute()) words.push(Buffer.from(bytes).toString());
    return words;
  }

  it('labels a run of a laptop as noisy and changes nothing in mode read', async () => {
    const execution = await prepare('read', executor('stock-host', 'measured'));
    const noise = noiseOf(execution.bootState.extra);
    expect(noise).toMatchObject({ verdict: 'noisy', notSet: [] });
    expect(noise?.reasons).toContain('governor powersave');
    expect(noise?.reasons).not.toContain('console level 7');
    expect(execution.bootState).toMatchObject({ governor: 'powersave', turbo: true });
    expect(await said(execution)).toEqual(['powersave', 'powersave']);
    expect(textsIn(root)).toEqual(laptopFiles);
  });

  it('sets before the run, puts back after it, and says what it was under in mode apply', async () => {
    const execution = await prepare('apply', executor('stock-host', 'measured'));
    expect(execution.bootState).toMatchObject({ governor: 'performance', turbo: false });
    expect(noiseOf(execution.bootState.extra)?.reasons).not.toContain('governor performance');
    expect(await said(execution)).toEqual(['performance', 'performance']);
    expect(textsIn(root)).toEqual(laptopFiles);
    expect(logged.map(({ message }) => message)).toEqual([
      'machine made quiet for a run',
      'machine put back after a run',
    ]);
  });

  it.each(['fails', 'is discarded', 'is left early'])('puts back when the run %s', async (how) => {
    const execution = await prepare('apply', executor('stock-host', 'measured', measured, how === 'fails'));
    expect(governor()).toBe('performance');
    if (how === 'is discarded') await execution.discard();
    else if (how === 'fails') await expect(said(execution)).rejects.toThrow('broke');
    else for await (const bytes of execution.execute()) if (bytes.length > 0) break;
    expect(textsIn(root)).toEqual(laptopFiles);
  });

  it('counts the console for runs that are read from the kernel log', async () => {
    const execution = await prepare('read', executor('patched-host', 'measured'));
    expect(noiseOf(execution.bootState.extra)?.reasons).toContain('console level 7');
  });

  it('is one series as long as the machine is in one condition', async () => {
    const hashes = [];
    for (const mode of ['read', 'apply', 'read', 'apply'] as const) {
      const execution = await prepare(mode, executor('stock-host', 'measured'));
      hashes.push(hashBootState(execution.bootState));
      await execution.discard();
    }
    expect(hashes[2]).toBe(hashes[0]);
    expect(hashes[3]).toBe(hashes[1]);
    expect(hashes[1]).not.toBe(hashes[0]);
  });

  it('leaves alone what is emulated or simulated, and everything in mode off', async () => {
    for (const [mode, inner] of [
      ['apply', executor('vm', 'emulated')],
      ['apply', executor('simulator', 'simulated')],
      ['off', executor('stock-host', 'measured')],
    ] as const) {
      const execution = await prepare(mode, inner);
      expect(execution.bootState).toEqual(measured);
      expect(await said(execution)).toEqual(['powersave', 'powersave']);
    }
  });

  it('tells the noise of this machine of a guest under KVM, whose own clock it does not know', async () => {
    const execution = await prepare('read', executor('vm', 'measured', { ...measured, governor: null, turbo: null }));
    expect(execution.bootState).toMatchObject({ governor: null, turbo: null });
    expect(noiseOf(execution.bootState.extra)).toMatchObject({
      verdict: 'noisy',
      reasons: ['NMI watchdog on', 'huge pages always', 'turbo on'],
      unknown: ['governor', 'irqs', 'isolation', 'smt-sibling'],
    });
  });

  it('tells what could not be set', async () => {
    const { write } = machine.files;
    machine.files.write = (file, text) => {
      if (file.endsWith('no_turbo')) throw Object.assign(new Error('refused'), { code: 'EROFS' });
      write(file, text);
    };
    const execution = await prepare('apply', executor('stock-host', 'measured'));
    expect(noiseOf(execution.bootState.extra)?.notSet).toEqual(['turbo: EROFS']);
    await execution.discard();
    expect(textsIn(root)).toEqual(laptopFiles);
  });

  it('measures as the machine is, and says so, where nothing can be set', async () => {
    writeFileSync(join(root, 'run'), '');
    const execution = await prepare('apply', executor('stock-host', 'measured'));
    expect(noiseOf(execution.bootState.extra)?.notSet).toEqual(['everything: ENOTDIR']);
    expect(await said(execution)).toEqual(['powersave', 'powersave']);
  });

  it('lets stand what an operator has set', async () => {
    setQuiet(machine, 3, 'operator');
    const execution = await prepare('apply', executor('stock-host', 'measured'));
    expect(noiseOf(execution.bootState.extra)?.notSet).toEqual([]);
    expect(await said(execution)).toEqual(['performance', 'performance']);
    expect(governor()).toBe('performance');
  });

  it('puts back first what another worker left when it was killed meanwhile', async () => {
    setQuiet(machine, 3, 'worker');
    const journal = readFileSync(machine.journal, 'utf8').replace(/"startTicks":"\d+"/, '"startTicks":"1"');
    writeFileSync(machine.journal, journal.replace(/"pid":\d+/, `"pid":${process.ppid}`));
    const execution = await prepare('apply', executor('stock-host', 'measured'));
    expect(logged[0]?.message).toBe('put back what a worker that was killed had set');
    expect(await said(execution)).toEqual(['performance', 'performance']);
    expect(textsIn(root)).toEqual(laptopFiles);
  });

  it('complains of a journal that it can not follow, and goes on', async () => {
    setQuiet(machine, 3, 'worker');
    writeFileSync(machine.journal, 'what?\n');
    keeper('read').recover();
    expect(logged).toMatchObject([{ message: 'this machine could not be put back' }]);
    expect((await prepare('apply', executor('stock-host', 'measured'))).bootState.governor).toBe('performance');
  });
});

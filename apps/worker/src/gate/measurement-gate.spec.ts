import { describe, expect, it } from '@jest/globals';
import { MeasurementGate } from './measurement-gate.js';

const never = new AbortController().signal;

/** Lets every promise that can settle do so. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that notes when it begins and ends when told to. */
function stage(log: string[], name: string): { work: () => Promise<void>; end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    work: () => {
      log.push(name);
      return ended;
    },
    end,
  };
}

describe('MeasurementGate', () => {
  it('lets simulated runs in side by side', async () => {
    const gate = new MeasurementGate(null);
    const log: string[] = [];
    const [a, b] = [stage(log, 'a'), stage(log, 'b')];
    const both = [gate.pass('simulated', never, a.work), gate.pass('simulated', never, b.work)];
    await settled();
    expect(log).toEqual(['a', 'b']);
    a.end();
    b.end();
    await Promise.all(both);
  });

  it.each(['measured', 'emulated'] as const)('lets a %s run in alone, in order of arrival', async (provenance) => {
    const gate = new MeasurementGate(null);
    const log: string[] = [];
    const [before, real, after] = [stage(log, 'before'), stage(log, 'real'), stage(log, 'after')];
    const first = gate.pass('simulated', never, before.work);
    const second = gate.pass(provenance, never, real.work);
    const third = gate.pass('simulated', never, after.work);
    await settled();
    expect(log).toEqual(['before']);
    before.end();
    await settled();
    expect(log).toEqual(['before', 'real']);
    real.end();
    await settled();
    expect(log).toEqual(['before', 'real', 'after']);
    after.end();
    await Promise.all([first, second, third]);
  });

  it('opens again when the work fails', async () => {
    const gate = new MeasurementGate(null);
    await expect(gate.pass('measured', never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(gate.pass('measured', never, () => Promise.resolve('in'))).resolves.toBe('in');
  });

  it('forgets who stops waiting, and lets those behind in', async () => {
    const gate = new MeasurementGate(null);
    const log: string[] = [];
    const abort = new AbortController();
    const [inside, leaver, behind] = [stage(log, 'inside'), stage(log, 'leaver'), stage(log, 'behind')];
    const first = gate.pass('simulated', never, inside.work);
    const second = gate.pass('measured', abort.signal, leaver.work);
    const third = gate.pass('simulated', never, behind.work);
    abort.abort(new Error('stopped'));
    await expect(second).rejects.toThrow('stopped');
    await settled();
    expect(log).toEqual(['inside', 'behind']);
    inside.end();
    behind.end();
    await Promise.all([first, third]);
  });
});

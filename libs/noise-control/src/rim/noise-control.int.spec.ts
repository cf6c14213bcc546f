import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noiseFrom } from '../knobs/readings.js';
import { fakeMachine, fakeRoot, laptopFiles, textsIn } from '../testing/fake-root.js';
import { journalFile, JournalError } from './journal.js';
import { machineAt, readFindings, restore, setQuiet, type Machine } from './noise-control.js';
import { startTicks } from './processes.js';

const home = fileURLToPath(new URL('../../../../', import.meta.url));
const governor = 'sys/devices/system/cpu/cpu3/cpufreq/scaling_governor';
const noTurbo = 'sys/devices/system/cpu/intel_pstate/no_turbo';
/** Governor, turbo, huge pages, watchdog, console, one IRQ, the default affinity, the sibling. */
const planned = 8;

describe('noise control of a machine that is a folder', () => {
  let root: string;
  let machine: Machine;

  beforeEach(() => {
    root = fakeRoot();
    machine = fakeMachine(root);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const text = (file: string): string => readFileSync(join(root, file), 'utf8').trim();
  it('reads without changing anything', () => {
    const noise = noiseFrom(readFindings(machine, 3), false);
    expect(noise.reasons).toContain('governor powersave');
    expect(textsIn(root)).toEqual(laptopFiles);
    expect(existsSync(machine.journal)).toBe(false);
  });

  it('sets everything that can be set, and puts all of it back', () => {
    const { changes, refusals, findings } = setQuiet(machine, 3, 'worker');
    expect(refusals).toEqual([]);
    expect(changes).toHaveLength(planned);
    expect(text(governor)).toBe('performance');
    expect(text('proc/sys/kernel/printk')).toBe('4\t4\t1\t7');
    expect(text('sys/kernel/mm/transparent_hugepage/enabled')).toBe('always [madvise] never');
    expect(text('proc/irq/9/smp_affinity_list')).toBe('0-2');
    expect(text('proc/irq/default_smp_affinity')).toBe('7');
    expect(text('sys/devices/system/cpu/cpu1/online')).toBe('0');
    // The folder does not take CPU 1 out of `online`, and nobody can isolate a CPU after the boot.
    expect(noiseFrom(findings, true).reasons).toEqual([
      'SMT sibling online',
      'CPU without isolcpus, nohz_full, rcu_nocbs',
    ]);

    expect(restore(machine, 'worker')).toMatchObject({ restored: { length: planned }, left: [] });
    expect(textsIn(root)).toEqual(laptopFiles);
    expect(restore(machine, 'worker')).toBeNull();
  });

  it.each(
    Array.from({ length: planned }, (_, index) => index + 1).flatMap((n) => [
      [n, 'before'] as const,
      [n, 'after'] as const,
    ]),
  )(
    'puts everything back after a kill -9 at write %d, %s it',
    (nth, when) => {
      const program = 'libs/noise-control/src/testing/killed-main.ts';
      const killed = spawnSync(
        process.execPath,
        ['--import', './test/typescript-loader.mjs', program, root, String(nth), when],
        { cwd: home, encoding: 'utf8', timeout: 30_000 },
      );
      expect({ signal: killed.signal, stderr: killed.stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
      const made = when === 'after' ? nth : nth - 1;
      if (made > 0) expect(text(governor)).toBe('performance');
      expect(restore(machine, 'worker')?.restored).toHaveLength(made);
      expect(textsIn(root)).toEqual(laptopFiles);
      expect(existsSync(machine.journal)).toBe(false);
    },
    30_000,
  );

  it('does not follow a line that its writer did not live to finish', () => {
    setQuiet(machine, 3, 'worker');
    appendFileSync(machine.journal, '{"knob":"governor","file":"sys/dev');
    expect(restore(machine, 'worker')).toMatchObject({ left: [] });
    expect(textsIn(root)).toEqual(laptopFiles);
  });

  it('leaves alone what somebody else has set meanwhile, and says so', () => {
    setQuiet(machine, 3, 'worker');
    machine.files.write(governor, 'schedutil');
    expect(restore(machine, 'worker')?.left).toMatchObject([
      { change: { file: governor }, reason: 'is schedutil now, which somebody else has set' },
    ]);
    expect(text(governor)).toBe('schedutil');
    expect(text(noTurbo)).toBe('0');
  });

  it('tells what was refused, sets the rest, and puts back only that', () => {
    const { write } = machine.files;
    machine.files.write = (file, value) => {
      if (file === governor) throw Object.assign(new Error('refused'), { code: 'EACCES' });
      if (file === noTurbo && value === '1') return; // taken and ignored
      write(file, value);
    };
    const { changes, refusals, findings } = setQuiet(machine, 3, 'worker');
    expect(changes).toHaveLength(planned - 2);
    expect(refusals.map(({ change, reason }) => [change.knob, reason])).toEqual([
      ['governor', 'EACCES'],
      ['turbo', 'kept 0'],
    ]);
    expect(noiseFrom(findings, false, refusals).notSet).toEqual(['governor: EACCES', 'turbo: kept 0']);
    expect(restore(machine, 'worker')).toMatchObject({ restored: { length: planned - 2 }, left: [] });
    expect(textsIn(root)).toEqual(laptopFiles);
  });

  it('puts back at once what the kernel took only half', () => {
    const { write } = machine.files;
    machine.files.write = (file, value) => write(file, value === '0-2' ? '0-1' : value);
    const { refusals } = setQuiet(machine, 3, 'worker');
    expect(refusals).toMatchObject([{ change: { knob: 'irqs' }, reason: 'kept 0-1' }]);
    expect(text('proc/irq/9/smp_affinity_list')).toBe('0-3');
    expect(restore(machine, 'worker')?.left).toEqual([]);
    expect(textsIn(root)).toEqual(laptopFiles);
  });

  it('never makes a file that is not there', () => {
    rmSync(join(root, 'sys/devices/system/cpu/cpu1'), { recursive: true });
    expect(setQuiet(machine, 3, 'worker').refusals).toMatchObject([
      { change: { knob: 'smt-sibling' }, reason: 'ENOENT' },
    ]);
    restore(machine, 'worker');
    expect(existsSync(join(root, 'sys/devices/system/cpu/cpu1'))).toBe(false);
  });

  it('changes nothing without a journal', () => {
    writeFileSync(join(root, 'run'), 'a file where the folder should be');
    expect(() => setQuiet(machine, 3, 'worker')).toThrow(JournalError);
    expect(() => setQuiet(machine, 3, 'worker')).toThrow("can't be made (ENOTDIR)");
    expect(textsIn(root)).toEqual(laptopFiles);
  });

  it('changes nothing where somebody already has', () => {
    setQuiet(machine, 3, 'operator');
    const before = textsIn(root);
    expect(() => setQuiet(machine, 3, 'worker')).toThrow('there is one already');
    expect(textsIn(root)).toEqual(before);
  });

  it('leaves to an operator what an operator has set', () => {
    setQuiet(machine, 3, 'operator');
    expect(restore(machine, 'worker')).toBeNull();
    expect(text(governor)).toBe('performance');
    expect(restore(machine, 'operator')?.restored).toHaveLength(planned);
    expect(text(governor)).toBe('powersave');
  });

  const entry = { knob: 'governor', file: governor, form: 'word', before: 'powersave', set: 'performance' };
  const owner = { journal: 1, owner: 'worker', pid: process.ppid, startTicks: '1', bootId: null };
  function plant(...lines: object[]): void {
    mkdirSync(dirname(machine.journal), { recursive: true });
    writeFileSync(machine.journal, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  it('leaves to a live worker what it has set for its run', () => {
    plant({ ...owner, startTicks: startTicks(process.ppid) }, entry);
    writeFileSync(join(root, governor), 'performance\n');
    expect(restore(machine, 'worker')).toBeNull();
    expect(() => restore(machine, 'operator')).toThrow(/wait|worker \(process/);
    expect(text(governor)).toBe('performance');
  });

  it('does not take a process that got a dead one’s id for the dead one', () => {
    plant(owner, entry);
    writeFileSync(join(root, governor), 'performance\n');
    expect(restore(machine, 'worker')?.restored).toHaveLength(1);
    expect(text(governor)).toBe('powersave');
  });

  it.each(['worker', 'operator'])('drops the journal of an earlier boot by a %s, which the boot has undone', (who) => {
    plant({ ...owner, owner: who, bootId: 'another' }, entry);
    writeFileSync(join(root, governor), 'performance\n');
    expect(restore(machine, 'worker')).toEqual({ restored: [], left: [] });
    expect(text(governor)).toBe('performance');
    expect(existsSync(machine.journal)).toBe(false);
  });

  it.each([
    ['a file that is none of its own', { ...entry, file: 'etc/passwd' }],
    ['a way out of the root', { ...entry, file: `sys/devices/system/cpu/cpu3/../../${governor}` }],
    ['a value that it would not write', { ...entry, before: 'two words' }],
    ['another knob', { ...entry, knob: 'isolation' }],
  ])('follows no journal with %s', (_what, line) => {
    plant(owner, line);
    expect(() => restore(machine, 'worker')).toThrow(/line 2/);
    expect(textsIn(root)).toEqual(laptopFiles);
  });

  it.each([
    ['nothing in it', ''],
    ['half a line', '{"journal":1'],
    ['no JSON', 'journal\n'],
    ['a head of another version', `${JSON.stringify({ ...owner, journal: 2 })}\n`],
  ])('says what to do about a journal with %s', (_what, content) => {
    mkdirSync(dirname(machine.journal), { recursive: true });
    writeFileSync(machine.journal, content);
    expect(() => restore(machine, 'operator')).toThrow(machine.journal);
  });

  it.each(['EACCES', 'EBUSY'])('keeps the journal while writes end with %s, for more rights or a later try', (code) => {
    setQuiet(machine, 3, 'worker');
    const { write } = machine.files;
    machine.files.write = () => {
      throw Object.assign(new Error('refused'), { code });
    };
    expect(restore(machine, 'worker')).toMatchObject({ restored: [], left: { length: planned } });
    machine.files.write = write;
    expect(restore(machine, 'worker')).toMatchObject({ restored: { length: planned }, left: [] });
    expect(textsIn(root)).toEqual(laptopFiles);
  });
});

describe('noise control of this machine', () => {
  it('finds something to say of every knob, whatever can be read here', () => {
    const findings = readFindings(machineAt(), 0);
    expect(findings).toHaveLength(9);
    expect(findings.filter(({ found }) => found === '')).toEqual([]);
    expect(machineAt().journal).toBe(`/${journalFile}`);
  });
});

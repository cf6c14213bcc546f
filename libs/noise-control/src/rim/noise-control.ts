import { join } from 'node:path';
import { canonical } from '../knobs/canonical.js';
import { measuringCpu } from '../knobs/cpu-list.js';
import type { Change, Finding } from '../knobs/knob.js';
import { textOf } from '../knobs/noise-texts.js';
import { plan, readings, type Refusal } from '../knobs/readings.js';
import { beginJournal, isLive, JournalError, journalFile, readJournal, removeJournal, type Owner } from './journal.js';
import { errnoOf, filesBelow, type KnobFiles } from './knob-files.js';
import { readNoiseTexts } from './read-texts.js';

/** The machine that this process runs on, or a folder that stands for one. */
export interface Machine {
  files: KnobFiles;
  /** Full path of the journal. */
  journal: string;
}

/** @param root `/` but in tests */
export function machineAt(root = '/'): Machine {
  return { files: filesBelow(root), journal: join(root, journalFile) };
}

const bootIdOf = ({ files }: Machine): string | null =>
  textOf(files.read('proc/sys/kernel/random/boot_id'))?.trim() ?? null;

/** The CPU that a process like this one pins its measurements to. */
export function pinnedCpu({ files }: Machine): number | null {
  return measuringCpu(textOf(files.read('proc/self/status')), textOf(files.read('sys/devices/system/cpu/isolated')));
}

/** What each knob is, for runs pinned to `cpu`. Changes nothing. */
export function readFindings({ files }: Machine, cpu: number | null): Finding[] {
  return readings(readNoiseTexts(files, cpu));
}

export interface Applied {
  changes: Change[];
  refusals: Refusal[];
  /** As read after the changes. */
  findings: Finding[];
}

/** Writes one value and looks whether it took; the reason when it did not. */
function put(files: KnobFiles, { file, form }: Change, value: string): string | null {
  try {
    files.write(file, value);
  } catch (error) {
    return errnoOf(error);
  }
  const now = valueOf(files, { file, form });
  return now === value ? null : `kept ${now ?? 'another value'}`;
}

function valueOf(files: KnobFiles, { file, form }: Pick<Change, 'file' | 'form'>): string | null {
  const text = textOf(files.read(file));
  return text === null ? null : canonical(form, text);
}

/**
 * Makes the machine as quiet as can be without a boot. Each change stands in the journal before it is made. What can't
 * be set is left and reported.
 *
 * @throws JournalError when there can be no journal, or there is one: restore first.
 */
export function setQuiet(machine: Machine, cpu: number | null, owner: Owner['owner']): Applied {
  const { files } = machine;
  const wanted = plan(readNoiseTexts(files, cpu));
  const journal = beginJournal(machine.journal, { owner, pid: process.pid, bootId: bootIdOf(machine) });
  const changes: Change[] = [];
  const refusals: Refusal[] = [];
  try {
    for (const change of wanted) {
      journal.add(change);
      const reason = put(files, change, change.set);
      if (reason === null) {
        changes.push(change);
        continue;
      }
      // Half taken, say a smaller mask than was written, is neither: it goes back at once.
      if (valueOf(files, change) !== change.before) put(files, change, change.before);
      refusals.push({ change, reason });
    }
  } catch (error) {
    restore(machine, owner);
    throw error;
  } finally {
    journal.close();
  }
  return { changes, refusals, findings: readFindings(machine, cpu) };
}

/** Refused for want of rights, or not possible just now, as a CPU that can't come online this moment. */
const worthAnotherTry: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EAGAIN', 'ENOMEM']);

export interface Restoration {
  restored: Change[];
  /** What was not put back, and why. */
  left: Refusal[];
}

/** Puts one value back; the reason when it was not, and whether there was anything to do. */
function putBack(files: KnobFiles, change: Change): { restored: boolean; reason: string | null } {
  const text = files.read(change.file);
  if ('error' in text) return { restored: false, reason: text.error };
  const now = canonical(change.form, text.text);
  if (now === change.before) return { restored: false, reason: null };
  if (now !== change.set) {
    return { restored: false, reason: `is ${now ?? 'something else'} now, which somebody else has set` };
  }
  const reason = put(files, change, change.before);
  return { restored: reason === null, reason };
}

/**
 * Puts back what the journal names, last change first, where it still is what was set. Nothing happens without a
 * journal, or when a live worker holds it, which puts back itself; what an operator has set only an operator puts back.
 * The journal goes when all is done; it stays when a write was refused or not possible just now, so that somebody can go on,
 * with more rights or later.
 *
 * @returns null when there was nothing to do.
 * @throws JournalError; its code is `held` when a live worker's changes stand (for an operator).
 */
export function restore(machine: Machine, who: Owner['owner']): Restoration | null {
  const journal = readJournal(machine.journal);
  if (journal === null) return null;
  const { owner, pid, bootId } = journal.owner;
  const boot = bootIdOf(machine);
  if (bootId !== null && boot !== null && bootId !== boot) {
    // The boot has undone everything.
    removeJournal(machine.journal);
    return { restored: [], left: [] };
  }
  const mine = owner === 'worker' && pid === process.pid;
  if (owner === 'worker' && isLive(journal) && !mine) {
    if (who === 'worker') return null;
    const message = `a worker (process ${pid}) has set this machine for a run and puts it back itself`;
    throw new JournalError(message, 'wait for the run to end, or stop the worker', 'held');
  }
  if (owner === 'operator' && who === 'worker') return null;
  const restored: Change[] = [];
  const left: Refusal[] = [];
  for (const change of [...journal.changes].reverse()) {
    const outcome = putBack(machine.files, change);
    if (outcome.restored) restored.push(change);
    if (outcome.reason !== null) left.push({ change, reason: outcome.reason });
  }
  if (!left.some(({ reason }) => worthAnotherTry.has(reason))) removeJournal(machine.journal);
  return { restored, left };
}

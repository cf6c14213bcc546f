// What was changed on this machine, so that it can be put back by whoever comes next. One JSON object a line: first who
// changed it, then each change, on the disk before it is made. A last line cut short belongs to a change never made.
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { canonical } from '../knobs/canonical.js';
import type { Change } from '../knobs/knob.js';
import { errnoOf } from './knob-files.js';
import { startTicks } from './processes.js';

/** On a file system that a boot empties, as a boot also undoes every change. */
export const journalFile = 'run/xperf-fleet/noise-control.journal';

const ownerSchema = z.strictObject({
  journal: z.literal(1),
  /** `worker`: for a run, put back after it. `operator`: by `xf doctor --apply`, until `xf doctor --restore`. */
  owner: z.enum(['worker', 'operator']),
  pid: z.int().positive(),
  startTicks: z.string().max(30),
  /** /proc/sys/kernel/random/boot_id */
  bootId: z.string().max(64).nullable(),
});
export type Owner = z.infer<typeof ownerSchema>;

/** All that noise control ever writes to: a journal that names anything else is not followed. */
const writable = [
  /^sys\/devices\/system\/cpu\/cpu\d{1,4}\/(online|cpufreq\/(scaling_governor|boost))$/,
  /^sys\/devices\/system\/cpu\/(cpufreq\/boost|intel_pstate\/no_turbo)$/,
  /^sys\/kernel\/mm\/transparent_hugepage\/enabled$/,
  /^proc\/irq\/(default_smp_affinity|\d{1,6}\/smp_affinity_list)$/,
  /^proc\/sys\/kernel\/(printk|nmi_watchdog)$/,
];

const changeSchema = z
  .strictObject({
    knob: z.enum(['governor', 'turbo', 'huge-pages', 'nmi-watchdog', 'console-level', 'irqs', 'smt-sibling']),
    file: z.string().refine((file) => writable.some((one) => one.test(file)), 'is no file of noise control'),
    form: z.enum(['word', 'choice', 'first-number', 'cpu-list', 'cpu-mask']),
    before: z.string().max(40_000),
    set: z.string().max(40_000),
  })
  .refine(({ form, before, set }) => canonical(form, before) === before && canonical(form, set) === set, {
    error: 'holds a value that noise control would not write',
  });

/** The journal can't be written or read: nothing is changed without it. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  constructor(
    message: string,
    readonly remedy: string,
    readonly code: string,
  ) {
    super(message);
  }
}

export interface Journal {
  owner: Owner;
  changes: Change[];
}

function unusable(file: string, why: string): JournalError {
  const remedy = `look at ${file}, put back by hand what it names, and remove it; a reboot does both`;
  return new JournalError(`the journal of noise control ${file} can't be used: ${why}`, remedy, 'unusable');
}

function parsed<T>(schema: z.ZodType<T>, line: string, file: string, number: number): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw unusable(file, `line ${number} is not JSON (${(error as Error).message})`);
  }
  const { data, error } = schema.safeParse(value);
  if (error !== undefined) {
    const [issue] = error.issues;
    throw unusable(file, `line ${number}: ${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  return data;
}

/**
 * The journal that stands there; null when there is none.
 *
 * @throws JournalError
 */
export function readJournal(file: string): Journal | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
    throw unusable(file, errnoOf(error));
  }
  // Behind the last line feed stands nothing, or a line that its writer did not live to finish.
  const lines = text.split('\n').slice(0, -1);
  const [head, ...rest] = lines;
  if (head === undefined) throw unusable(file, 'it is empty');
  return {
    owner: parsed(ownerSchema, head, file, 1),
    changes: rest.map((line, index) => parsed(changeSchema, line, file, index + 2)),
  };
}

/** Whether the process that wrote it still lives and so puts everything back itself. */
export const isLive = ({ owner }: Journal): boolean => startTicks(owner.pid) === owner.startTicks;

export interface OpenJournal {
  /** On the disk when it returns. */
  add(change: Change): void;
  close(): void;
}

/**
 * Begins a journal; there must be none.
 *
 * @throws JournalError; its code is `EEXIST` when somebody else was quicker.
 */
export function beginJournal(file: string, owner: Omit<Owner, 'journal' | 'startTicks'>): OpenJournal {
  const draft = `${file}.${process.pid}`;
  let descriptor: number | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    descriptor = openSync(draft, 'w', 0o600);
    appendLine(descriptor, { journal: 1, ...owner, startTicks: startTicks(owner.pid) ?? '' } satisfies Owner);
    // It appears whole or not at all, and only where there is none.
    linkSync(draft, file);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    const code = errnoOf(error);
    const [why, remedy] =
      code === 'EEXIST'
        ? ['there is one already: somebody has set this machine', 'wait for the run to end, or xf doctor --restore']
        : [`it can't be made (${code}), and nothing is changed without it`, 'run as root, with /run writable'];
    throw new JournalError(`the journal of noise control ${file}: ${why}`, remedy, code);
  } finally {
    if (descriptor !== undefined) rmSync(draft, { force: true });
  }
  const open = descriptor;
  const add = (change: Change): void => {
    try {
      appendLine(open, change);
    } catch (error) {
      const code = errnoOf(error);
      throw new JournalError(
        `the journal of noise control ${file} can't be written (${code})`,
        'free space on /run',
        code,
      );
    }
  };
  return { add, close: () => closeSync(open) };
}

/** On the disk when it returns. */
function appendLine(descriptor: number, value: object): void {
  writeSync(descriptor, `${JSON.stringify(value)}\n`);
  fsyncSync(descriptor);
}

export function removeJournal(file: string): void {
  rmSync(file, { force: true });
}

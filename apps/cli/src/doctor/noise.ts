import type { Noise, NoiseVerdict } from '#contracts';
import {
  JournalError,
  noiseFrom,
  parseCpuList,
  readFindings,
  restore,
  setQuiet,
  type Applied,
  type Change,
  type Finding,
  type Machine,
  type Refusal,
  type Restoration,
} from '#noise-control';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import type { Column, Look } from '../output/columns.js';
import { tableText } from '../output/listing.js';
import { noColours, type Paint } from '../output/colours.js';

/** What disturbs measurements that are pinned to one CPU. */
export interface NoiseReport {
  /** The CPU that the worker would pin its runs to; null when that is not known. */
  cpu: number | null;
  noise: Noise;
  findings: Finding[];
}

export function noiseReport(machine: Machine, cpu: number | null): NoiseReport {
  const findings = readFindings(machine, cpu);
  return { cpu, noise: noiseFrom(findings, true), findings };
}

/** @throws CliError for a CPU that is not online */
export function knownCpu(machine: Machine, cpu: number): number {
  const online = machine.files.read('sys/devices/system/cpu/online');
  if ('text' in online && !parseCpuList(online.text).includes(cpu)) {
    const remedy = `give one of ${online.text.trim()}`;
    throw new CliError(`CPU ${cpu} is not online on this machine`, remedy, exitCodes.usage);
  }
  return cpu;
}

const asCliError = (error: unknown): unknown =>
  error instanceof JournalError ? new CliError(error.message, error.remedy, exitCodes.failed) : error;

/** @throws CliError when nothing can be changed here */
export function applyNoiseControl(machine: Machine, cpu: number | null): NoiseReport & Omit<Applied, 'findings'> {
  try {
    const { findings, ...done } = setQuiet(machine, cpu, 'operator');
    return { cpu, noise: noiseFrom(findings, true, done.refusals), findings, ...done };
  } catch (error) {
    throw asCliError(error);
  }
}

/** @throws CliError when what stands there is not for us to put back, or can't be followed */
export function restoreNoiseControl(machine: Machine): Restoration {
  try {
    return restore(machine, 'operator') ?? { restored: [], left: [] };
  } catch (error) {
    throw asCliError(error);
  }
}

const signsOf = (paint: Paint): Record<NoiseVerdict, string> => ({
  ...{ quiet: paint.green('✓'), noisy: paint.yellow('!'), unknown: paint.yellow('?') },
});

const columnsOf = (signs: Record<NoiseVerdict, string>): Column<Finding>[] => [
  { head: '', of: ({ verdict }) => signsOf(noColours)[verdict], paint: (_, { verdict }) => signs[verdict] },
  { head: 'knob', of: ({ knob }) => knob },
  { head: 'found', of: ({ found }) => found, cut: true },
  { head: 'wanted', of: ({ wanted }) => wanted, cut: true },
];

export function noiseText({ cpu, noise, findings }: NoiseReport, look: Look): string {
  const where = cpu === null ? 'on an unknown CPU' : `on CPU ${cpu}`;
  const toDo = findings.filter(({ remedy }) => remedy !== null);
  return [
    `noise of runs ${where}: ${noise.verdict}`,
    ...tableText({ columns: columnsOf(signsOf(look.paint)), rows: findings }, look)
      .split('\n')
      .map((line) => line.trimEnd()),
    ...byKey(
      toDo,
      ({ remedy }) => remedy ?? '',
      (remedy, some) => `→ ${some.map(({ knob }) => knob).join(', ')}: ${remedy}`,
    ),
  ].join('\n');
}

/** One line for all that have a key in common: there are hundreds of interrupts on a big machine. */
function byKey<T>(items: readonly T[], keyOf: (item: T) => string, say: (key: string, some: T[]) => string): string[] {
  return [...new Set(items.map(keyOf))].map((knob) =>
    say(
      knob,
      items.filter((item) => keyOf(item) === knob),
    ),
  );
}

function changesText(changes: readonly Change[], way: (change: Change) => string, paint: Paint): string[] {
  return byKey(
    changes,
    ({ knob }) => knob,
    (knob, some) =>
      `${signsOf(paint).quiet} ${knob}: ${some.length === 1 && some[0] ? way(some[0]) : `${some.length} files`}`,
  );
}

function refusalsText(refusals: readonly Refusal[], paint: Paint): string[] {
  return byKey(
    refusals,
    ({ change, reason }) => `${change.knob} ${reason}`,
    (_key, some) => {
      const [first] = some;
      const more = some.length > 1 ? ` and ${some.length - 1} more` : '';
      return first === undefined
        ? ''
        : `${paint.red('✗')} ${first.change.knob}: /${first.change.file}${more}: ${first.reason}`;
    },
  );
}

export function appliedText(applied: ReturnType<typeof applyNoiseControl>, look: Look): string {
  const { changes, refusals } = applied;
  return [
    ...changesText(changes, ({ before, set }) => `${before} → ${set}`, look.paint),
    ...refusalsText(refusals, look.paint),
    changes.length === 0 ? 'nothing was changed' : 'this lasts until xf doctor --restore or the next boot',
    '',
    noiseText(applied, look),
  ].join('\n');
}

export function restorationText({ restored, left }: Restoration, { paint }: Look): string {
  const undone = changesText(restored, ({ before, set }) => `${set} → ${before}`, paint);
  const lines = [...undone, ...refusalsText(left, paint)];
  return lines.length === 0 ? 'there was nothing to undo' : lines.join('\n');
}

import { band, cycles } from '#wording';
import type { Explanation, ExplainedStep } from '#entry-sim';
import { machineText } from './sim-machine.js';
import type { Paint } from './colours.js';

/** `0xfffffe0000002fc0` → `…0002fc0`: what differs within one crossing. */
const shortAddress = (hexadecimal: string): string => `…${hexadecimal.slice(-7)}`;
const plain = (hexadecimal: string): string => `0x${hexadecimal.slice(2).replace(/^0+(?=.)/, '')}`;

/** Numbers the sources in the order in which they are first named. */
class Sources {
  readonly #numbers = new Map<string, number>();

  number(source: string): string {
    const number = this.#numbers.get(source) ?? this.#numbers.size + 1;
    this.#numbers.set(source, number);
    return `[${number}]`;
  }

  get lines(): string[] {
    return [...this.#numbers].map(([source, number]) => `[${number}] ${source}`);
  }
}

function priceText({ charges, running }: ExplainedStep, sources: Sources): string[] {
  return charges.map(({ name, cycles: own, trust, source, by }, index) => {
    const what = by === 'hypervisor' ? `${name}: ` : '';
    const last = index === charges.length - 1;
    const sum =
      last && running !== null ? `   sum ${cycles(running.coreCycles)} = ${cycles(running.tscCycles)} TSC cycles` : '';
    return `      ${what}${own} core cycles, ${trust} ${sources.number(source)}${sum}`;
  });
}

function stateText({ state }: ExplainedStep): string {
  const { cpl, cr3, gsBase, rsp, stackName, changed } = state;
  const changes = changed.map(({ name, before, after }) => `${name} ${plain(before)} → ${plain(after)}`);
  return [
    `      ring ${cpl}, page tables ${cr3}, GS ${gsBase}, RSP ${shortAddress(rsp)} (${stackName} stack)`,
    ...(changes.length === 0 ? [] : [`      ${changes.join('; ')}`]),
  ].join('\n');
}

function stackText({ stack }: ExplainedStep, paint: Paint): string[] {
  return stack.map(({ address, value, meaning, top }) =>
    `      │ ${shortAddress(address)}  ${value}  ${meaning} ${top ? paint.bold('◄ RSP') : ''}`.trimEnd(),
  );
}

const marks = {
  'opens-u2k': 'user → kernel begins',
  'closes-u2k': 'user → kernel ends',
  'opens-k2u': 'kernel → user begins',
  'closes-k2u': 'kernel → user ends',
};

function stepText(
  step: ExplainedStep,
  before: ExplainedStep | undefined,
  sources: Sources,
  { full, paint }: { full: boolean; paint: Paint },
): string[] {
  const { index, actor, text, symbol, window, stamp } = step;
  const head = `${String(index).padStart(4)}  ${actor.padEnd(8)}  ${text.padEnd(44)} ${paint.dim(symbol)}`;
  const lines = stamp === null ? [] : [paint.bold(`── ${marks[stamp]}`)];
  if (window === null && !full) return [...lines, paint.dim(head.trimEnd())];
  const picture = JSON.stringify(step.stack) === JSON.stringify(before?.stack) ? [] : stackText(step, paint);
  return [...lines, head.trimEnd(), ...priceText(step, sources), stateText(step), ...picture];
}

/**
 * The crossing, instruction by instruction: inside the windows with state, stack, cycles and their source; outside them
 * the instructions alone, unless `full`.
 */
export function explanationText(
  { machine, lineage, steps, windows, death }: Explanation,
  how: { full: boolean; paint: Paint },
): string {
  const { paint } = how;
  const sources = new Sources();
  const body = steps.flatMap((step, index) => stepText(step, steps[index - 1], sources, how));
  const sums = (['u2k', 'k2u'] as const).map((name) => {
    const { instructions, coreCycles, tscCycles, errorBand, standing } = windows[name];
    return `${name}: ${instructions} instructions, ${cycles(coreCycles)} core cycles = ${cycles(tscCycles)} TSC cycles ${band(errorBand)} (${standing})`;
  });
  return [
    machineText(machine, lineage),
    '',
    ...body,
    '',
    ...(death === null
      ? sums
      : [paint.red(`the machine dies here: ${death.detail} (${death.kind}); the windows were not completed`)]),
    '',
    ...sources.lines,
  ].join('\n');
}

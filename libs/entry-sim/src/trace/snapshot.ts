// The machine's state as text, and what changed from one to the next.
import { halves, hexadecimal } from '../machine/address.js';
import type { Machine } from '../machine/machine.js';
import { REGISTERS } from '../machine/registers.js';
import { AT } from '../programs/memory-map.js';
import type { RegisterChange, StepState } from '../vocabulary/crossing-trace.js';
import { rspOf, stackAt } from './stack-picture.js';

/** Name and value of everything that a step may change. */
export function snapshot(machine: Machine): ReadonlyMap<string, string> {
  const { registers, xmm0 } = machine;
  return new Map([
    ...REGISTERS.map((name, index): [string, string] => [
      name,
      hexadecimal(registers[2 * index + 1] ?? 0, registers[2 * index] ?? 0),
    ]),
    ['flags', hexadecimal(0, machine.flags)],
    ['cs', hexadecimal(0, machine.cs)],
    ['ss', hexadecimal(0, machine.ss)],
    ['cr2', hexadecimal(machine.cr2High, machine.cr2Low)],
    ['cr3', hexadecimal(machine.cr3High, machine.cr3Low)],
    ['gs-base', hexadecimal(machine.gsBaseHigh, machine.gsBaseLow)],
    ['kernel-gs-base', hexadecimal(machine.kernelGsBaseHigh, machine.kernelGsBaseLow)],
    ['spec-ctrl', hexadecimal(0, machine.specCtrl)],
    ['xmm0', `${hexadecimal(xmm0[3] ?? 0, xmm0[2] ?? 0)}${hexadecimal(xmm0[1] ?? 0, xmm0[0] ?? 0).slice(2)}`],
  ]);
}

function changes(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): RegisterChange[] {
  return [...after].flatMap(([name, value]) => {
    const old = before.get(name) ?? '';
    return old === value ? [] : [{ name, before: old, after: value }];
  });
}

/** The state after a step, and what changed from the one before. */
export function stateAfter(machine: Machine, before: ReadonlyMap<string, string>): StepState {
  const after = snapshot(machine);
  const kernelGs = halves(AT.perCpu);
  return {
    cpl: machine.cpl,
    rip: hexadecimal(machine.ripHigh, machine.ripLow),
    rsp: after.get('rsp') ?? '',
    flags: after.get('flags') ?? '',
    cr3: machine.space.name,
    gsBase: machine.gsBaseHigh === kernelGs.high && machine.gsBaseLow === kernelGs.low ? 'kernel' : 'user',
    stackName: stackAt(rspOf(machine)).name,
    changed: changes(before, after),
  };
}

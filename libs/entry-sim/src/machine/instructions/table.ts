// The dispatch table: mnemonic without its width, and the operands' kinds in AT&T order (source first).
// r register, i immediate, m memory, c CR3, d CR2, x XMM0, t branch target.
import type { CostClass } from '../../vocabulary/crossing-trace.js';
import type { Execute } from '../instruction.js';
import * as arithmetic from './arithmetic.js';
import * as branch from './branch.js';
import { interruptReturn } from './iret.js';
import * as move from './move.js';
import * as system from './system.js';

export interface Entry {
  readonly execute: Execute;
  readonly costClass: CostClass;
}
const entry = (execute: Execute, costClass: CostClass): Entry => ({ execute, costClass });

/** What these classes' instructions change is registers, flags and data. */
const PLAIN: ReadonlySet<CostClass> = new Set([
  'mov', 'load', 'store', 'alu', 'alu-load', 'alu-update', 'push', 'pop', 'lfence', 'mfence', 'rdtsc', 'cld',
]); // prettier-ignore
export const isPlain = ({ costClass }: Entry): boolean => PLAIN.has(costClass);

const twoOperands = (root: string, operation: arithmetic.Operation, keeps: boolean): [string, Entry][] => [
  [`${root}:rr`, entry(arithmetic.onRegister(operation, keeps), 'alu')],
  [`${root}:ir`, entry(arithmetic.onRegister(operation, keeps), 'alu')],
  [`${root}:rm`, entry(arithmetic.onMemory(operation, keeps), keeps ? 'alu-update' : 'alu-load')],
  [`${root}:im`, entry(arithmetic.onMemory(operation, keeps), keeps ? 'alu-update' : 'alu-load')],
];
const oneOperand = (root: string, operation: arithmetic.Operation): [string, Entry][] => [
  [`${root}:r`, entry(arithmetic.onRegister(operation, true), 'alu')],
  [`${root}:m`, entry(arithmetic.onMemory(operation, true), 'alu-update')],
];

export const DISPATCH: ReadonlyMap<string, Entry> = new Map([
  ['mov:rr', entry(move.moveRegister, 'mov')],
  ['mov:ir', entry(move.moveImmediate, 'mov')],
  ['mov:mr', entry(move.load, 'load')],
  ['mov:rm', entry(move.storeRegister, 'store')],
  ['mov:im', entry(move.storeImmediate, 'store')],
  ['mov:cr', entry(system.readCr3, 'cr3-read')],
  ['mov:rc', entry(system.writeCr3, 'cr3-write')],
  ['mov:dr', entry(system.readCr2, 'mov')],
  ['mov:rd', entry(system.writeCr2, 'mov')],
  ['mov:rx', entry(move.vectorFromRegister, 'sse-mov')],
  ['mov:xr', entry(move.registerFromVector, 'sse-mov')],
  ['lea:mr', entry(move.loadAddress, 'alu')],
  ['push:r', entry(move.pushRegister, 'push')],
  ['push:i', entry(move.pushImmediate, 'push')],
  ['push:m', entry(move.pushMemory, 'push')],
  ['pop:r', entry(move.popRegister, 'pop')],
  ...twoOperands('add', arithmetic.add, true),
  ...twoOperands('sub', arithmetic.subtract, true),
  ...twoOperands('and', arithmetic.and, true),
  ...twoOperands('or', arithmetic.or, true),
  ...twoOperands('xor', arithmetic.xor, true),
  ...twoOperands('cmp', arithmetic.subtract, false),
  ...twoOperands('test', arithmetic.and, false),
  ...twoOperands('shl', arithmetic.shiftLeft, true),
  ...oneOperand('inc', arithmetic.increment),
  ...oneOperand('dec', arithmetic.decrement),
  ['jmp:t', entry(branch.jump, 'jmp')],
  ...Object.entries(branch.CONDITIONS).map(([mnemonic, holds]): [string, Entry] => [
    `${mnemonic}:t`,
    entry(branch.jumpIf(holds), 'jcc-not-taken'),
  ]),
  ['call:t', entry(branch.call, 'call')],
  ['ret:', entry(branch.returnNear, 'ret')],
  ['ud2:', entry(branch.undefinedInstruction, 'nop')],
  ['nop:', entry(system.nothing, 'nop')],
  ['lfence:', entry(system.nothing, 'lfence')],
  ['mfence:', entry(system.nothing, 'mfence')],
  ['endbr64:', entry(system.endBranch, 'endbr64')],
  ['cld:', entry(system.clearDirection, 'cld')],
  ['clac:', entry(system.clearAccess, 'clac')],
  ['stac:', entry(system.setAccess, 'stac')],
  ['rdtsc:', entry(system.readTimeStamp, 'rdtsc')],
  ['swapgs:', entry(system.swapGs, 'swapgs')],
  ['verw:m', entry(system.verifyWrite, 'verw')],
  ['rdmsr:', entry(system.readModelSpecific, 'rdmsr')],
  ['wrmsr:', entry(system.writeModelSpecific, 'wrmsr')],
  ['iret:', entry(interruptReturn, 'iretq')],
  ['service:i', entry(system.service, 'fault-handler')],
]);

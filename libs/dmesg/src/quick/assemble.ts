// Assembles the little of WebAssembly that `scan.wat.ts` is written in (webassembly.github.io/spec/core: "Text Format", "Binary
// Format"). Folded instructions only, with three abbreviations: `$name` stands for (local.get $name), a bare number for (i32.const …),
// and '…' for a character's code.

type Node = string | Node[];

const valueTypes: Readonly<Record<string, number>> = { i32: 0x7f, v128: 0x7b };
const emptyBlock = 0x40;
const end = 0x0b;
const simdPrefix = 0xfd;

const opcodes: Readonly<Record<string, readonly number[]>> = {
  block: [0x02], loop: [0x03], if: [0x04], else: [0x05], br: [0x0c], br_if: [0x0d], return: [0x0f], call: [0x10], select: [0x1b],
  'local.get': [0x20], 'local.set': [0x21], 'local.tee': [0x22],
  'i32.load': [0x28], 'i32.load8_u': [0x2d], 'i32.store': [0x36], 'i32.store8': [0x3a],
  'i32.const': [0x41], 'i32.eqz': [0x45], 'i32.eq': [0x46], 'i32.ne': [0x47], 'i32.lt_u': [0x49], 'i32.le_u': [0x4d], 'i32.gt_u': [0x4b],
  'i32.ge_u': [0x4f], 'i32.ctz': [0x68], 'i32.add': [0x6a], 'i32.sub': [0x6b], 'i32.mul': [0x6c], 'i32.and': [0x71],
  'i32.or': [0x72], 'i32.xor': [0x73], 'i32.shl': [0x74], 'i32.shr_u': [0x76],
  'v128.load': [simdPrefix, 0x00], 'v128.store': [simdPrefix, 0x0b], 'i8x16.splat': [simdPrefix, 0x0f],
  'i8x16.eq': [simdPrefix, 0x23], 'i8x16.lt_u': [simdPrefix, 0x26], 'v128.and': [simdPrefix, 0x4e],
  'v128.or': [simdPrefix, 0x50], 'v128.any_true': [simdPrefix, 0x53], 'i8x16.all_true': [simdPrefix, 0x63],
  'i8x16.bitmask': [simdPrefix, 0x64], 'i8x16.add': [simdPrefix, 0x6e], 'i8x16.sub': [simdPrefix, 0x71],
}; // prettier-ignore

/** Instructions whose first word names a label, a local or a function. */
const naming = /^(br|br_if|call|local\.(get|set|tee))$/;
const accessing = /\.(load|load8_u|store|store8)$/;

/** A number in LEB128; negative ones end with their sign, so that is looked at for constants only. */
function leb128(value: number, signed = false): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest = signed ? rest >> 7 : rest >>> 7;
    const done = signed ? (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40) : rest === 0;
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

const sized = (bytes: readonly number[]): number[] => [...leb128(bytes.length), ...bytes];
const vector = (items: readonly (readonly number[])[]): number[] => [...leb128(items.length), ...items.flat()];
const section = (id: number, items: readonly (readonly number[])[]): number[] => [id, ...sized(vector(items))];
const named = (name: string): number[] => sized([...name].map((character) => character.charCodeAt(0)));

function parse(text: string): Node[] {
  const stack: Node[][] = [[]];
  for (const [token] of text.matchAll(/;;.*|'[^']+'|[()]|[^\s()]+/g)) {
    if (token.startsWith(';;')) continue;
    if (token === '(') stack.push([]);
    else if (token === ')') {
      const list = stack.pop()!;
      stack.at(-1)!.push(list);
    } else stack.at(-1)!.push(token);
  }
  const [all] = stack;
  if (stack.length !== 1) throw new Error('a bracket is not closed');
  return all!;
}

/** Labels from the outermost to the innermost; '' for those that have no name. */
interface Scope {
  locals: ReadonlyMap<string, number>;
  functions: ReadonlyMap<string, number>;
  labels: readonly string[];
}

function numberOf(token: string): number {
  if (token === String.raw`'\n'`) return 10;
  const value = token.startsWith("'") ? token.charCodeAt(1) : Number(token);
  if (Number.isNaN(value)) throw new Error(`${token} is no number`);
  return value | 0;
}

function indexOf(name: Node | undefined, op: string, { locals, functions, labels }: Scope): number {
  const text = String(name);
  const index = op.startsWith('br')
    ? labels.length - 1 - labels.lastIndexOf(text)
    : (op === 'call' ? functions : locals).get(text);
  if (index === undefined || (op.startsWith('br') && !labels.includes(text))) throw new Error(`${op} ${text}: unknown`);
  return index;
}

function emitBlock(op: string, [label, ...body]: readonly Node[], scope: Scope): number[] {
  const labels = [...scope.labels, String(label)];
  return [...opcodes[op]!, emptyBlock, ...emitAll(body, { ...scope, labels }), end];
}

function emitIf([condition, ...branches]: readonly Node[], scope: Scope): number[] {
  const inner = { ...scope, labels: [...scope.labels, ''] };
  const [then = [], otherwise = []] = branches.map((branch) => emitAll(branch.slice(1) as Node[], inner));
  return [
    ...emit(condition!, scope),
    ...opcodes['if']!,
    emptyBlock,
    ...then,
    ...(otherwise.length > 0 ? [...opcodes['else']!, ...otherwise] : []),
    end,
  ];
}

function emit(node: Node, scope: Scope): number[] {
  if (typeof node === 'string')
    return node.startsWith('$')
      ? [...opcodes['local.get']!, ...leb128(indexOf(node, 'local.get', scope))]
      : [...opcodes['i32.const']!, ...leb128(numberOf(node), true)];
  const [head, ...rest] = node;
  const op = String(head);
  if (op === 'block' || op === 'loop') return emitBlock(op, rest, scope);
  if (op === 'if') return emitIf(rest, scope);
  const code = opcodes[op];
  if (code === undefined) throw new Error(`${op} is no instruction of this assembler`);
  const immediates: number[] = [];
  let operands = rest;
  if (naming.test(op)) {
    immediates.push(...leb128(indexOf(rest[0], op, scope)));
    operands = rest.slice(1);
  } else if (accessing.test(op)) {
    const offset = /^offset=(\d+)$/.exec(String(rest[0]))?.[1];
    if (offset !== undefined) operands = rest.slice(1);
    immediates.push(0, ...leb128(Number(offset ?? 0))); // no alignment is promised
  }
  return [...emitAll(operands, scope), ...code, ...immediates];
}

function emitAll(nodes: readonly Node[], scope: Scope): number[] {
  return nodes.flatMap((node) => emit(node, scope));
}

interface Function {
  name: string;
  exported: string | null;
  params: string[];
  results: string[];
  locals: string[];
  names: Map<string, number>;
  body: Node[];
}

function readFunction([, name, ...parts]: readonly Node[]): Function {
  const read: Function = {
    name: String(name), exported: null, params: [], results: [], locals: [], names: new Map(), body: [],
  }; // prettier-ignore
  for (const part of parts) {
    const [kind, first, second] = Array.isArray(part) ? part.map(String) : [];
    if (kind === 'export') read.exported = first ?? null;
    else if (kind === 'result') read.results.push(first!);
    else if (kind === 'param' || kind === 'local') {
      read.names.set(first!, read.names.size);
      (kind === 'param' ? read.params : read.locals).push(second!);
    } else read.body.push(part);
  }
  return read;
}

const typesOf = (types: readonly string[]): number[] => vector(types.map((type) => [valueTypes[type]!]));

/**
 * The binary of a module with one memory of so many 64 KiB pages, exported as `memory`, and the functions of `text`:
 * `(func $name (export name) (param $a i32) (result i32) (local $b v128) instructions…)`.
 */
export function assemble(text: string, pages: number): Uint8Array<ArrayBuffer> {
  const functions = parse(text).map((node) => readFunction(node as Node[]));
  const indexes = new Map(functions.map(({ name }, index) => [name, index]));
  const bodies = functions.map(({ locals, names, body }) => {
    const code = emitAll(body, { locals: names, functions: indexes, labels: [] });
    return sized([...vector(locals.map((type) => [1, valueTypes[type]!])), ...code, end]);
  });
  const exported = functions.flatMap(({ exported: name }, index) =>
    name === null ? [] : [[...named(name), 0, index]],
  );
  return Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, functions.map(({ params, results }) => [0x60, ...typesOf(params), ...typesOf(results)])),
    ...section(3, functions.map((_, index) => leb128(index))),
    ...section(5, [[1, ...leb128(pages), ...leb128(pages)]]),
    ...section(7, [[...named('memory'), 2, 0], ...exported]),
    ...section(10, bodies),
  ); // prettier-ignore
}

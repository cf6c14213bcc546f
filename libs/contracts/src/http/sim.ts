import { kernelSeriesNames } from '#kernel-series';
import * as z from 'zod';

const onOff = z.enum(['on', 'off']).transform((word) => word === 'on');
const mhz = z.coerce.number().min(100).max(10_000);

/** Whose page tables a simulated crossing walks. */
export const simPagingSchema = z.enum(['bare', 'ept', 'nested', 'shadow']);
/** Whose mechanism takes the kernel's stamps. */
export const simProgramSchema = z.enum([
  ...kernelSeriesNames.map((name) => `hook-${name}` as const),
  ...(['origin', 'origin-guest'] as const),
]);

/** GET /v1/sim/explain: a machine of the simulator, and what is to be different about it. */
export const simExplainQuerySchema = z.strictObject({
  /** One of the reply's `choices.cpus`. */
  cpu: z.string().min(1).max(64),
  kpti: onOff.optional(),
  verw: onOff.optional(),
  virt: simPagingSchema.optional(),
  program: simProgramSchema.optional(),
  coreMhz: mhz.optional(),
  tscMhz: mhz.optional(),
});
export type SimExplainQuery = z.infer<typeof simExplainQuerySchema>;

const windowSchema = z.enum(['u2k', 'k2u']);
const standingSchema = z.enum(['simulated', 'estimate']);
/** 64 bits as text: 0x and 16 digits. */
const wordSchema = z.string().regex(/^0x[0-9a-f]{16}$/);

export const simStepSchema = z.object({
  index: z.int(),
  /** The window whose cycles the step is part of; null outside. */
  window: windowSchema.nullable(),
  stamp: z.enum(['opens-u2k', 'closes-u2k', 'opens-k2u', 'closes-k2u']).nullable(),
  actor: z.enum(['user', 'hardware', 'kernel']),
  kind: z.string(),
  mnemonic: z.string(),
  text: z.string(),
  costClass: z.string(),
  /** Counts as one instruction of its window under QEMU's -icount. */
  counted: z.boolean(),
  symbol: z.string(),
  /** The machine after the step. */
  state: z.object({
    cpl: z.union([z.literal(0), z.literal(3)]),
    rip: wordSchema,
    rsp: wordSchema,
    flags: wordSchema,
    cr3: z.enum(['user', 'kernel']),
    gsBase: z.enum(['user', 'kernel']),
    stackName: z.string(),
    changed: z.array(z.object({ name: z.string(), before: wordSchema, after: wordSchema })),
  }),
  /** From RSP upwards, and below them the slots of the stamps once they are written. */
  stack: z.array(z.object({ address: wordSchema, value: wordSchema, meaning: z.string(), top: z.boolean() })),
  /** What is charged for the step: itself, and what a hypervisor does behind it. */
  charges: z.array(
    z.object({
      name: z.string(),
      by: z.enum(['program', 'hypervisor']),
      cycles: z.number(),
      source: z.string(),
      trust: z.enum(['A', 'B', 'C']),
      basis: z.enum(['published', 'anchored', 'assumed', 'carried']),
      relativeError: z.number(),
    }),
  ),
  coreCycles: z.number(),
  /** Sum of the window's steps so far. */
  running: z.object({ coreCycles: z.number(), tscCycles: z.number() }).nullable(),
});

const simWindowSchema = z.object({
  instructions: z.int(),
  coreCycles: z.number(),
  tscCycles: z.number(),
  ns: z.number(),
  /** Half-width of the error band as a share. */
  errorBand: z.number(),
  /** `simulated` when nearly all of it rests on figures published for this core, else `estimate`. */
  standing: standingSchema,
});

/** One simulated crossing and back, instruction by instruction, without noise. */
export const simExplanationSchema = z.object({
  provenance: z.literal('simulated'),
  machine: z.object({
    name: z.string(),
    cpuName: z.string(),
    costs: z.string(),
    lineage: z.string(),
    tscMhz: z.number(),
    coreMhz: z.number(),
    kpti: z.boolean(),
    verw: z.boolean(),
    smap: z.boolean(),
    virt: simPagingSchema,
    program: simProgramSchema,
  }),
  windows: z.object({ u2k: simWindowSchema, k2u: simWindowSchema }),
  steps: z.array(simStepSchema),
  /** The machine died on the way; the last step says where. */
  death: z.object({ kind: z.string(), detail: z.string() }).nullable(),
  choices: z.object({
    cpus: z.array(z.string()),
    virt: z.array(simPagingSchema),
    programs: z.array(simProgramSchema),
  }),
});
export type SimExplanation = z.infer<typeof simExplanationSchema>;

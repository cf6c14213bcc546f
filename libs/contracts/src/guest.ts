import { kernelSeriesNames } from '#kernel-series';
import * as z from 'zod';
import { slug } from './labels.js';
import { limits } from './limits.js';
import { nameSchema } from './name-schema.js';

/** Series of kernels that the hook exists for (kernel/series), as given to `npm run kernel:build`. */
export const kernelSeriesSchema = nameSchema('kernel series', kernelSeriesNames);
export type KernelSeries = z.infer<typeof kernelSeriesSchema>;

/** A QEMU CPU model, with features if wanted. */
export const cpuModelSchema = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9][\w.+-]*(,[+-]?[\w.-]+(=\w+)?)*$/,
    'must be a CPU model of QEMU (qemu-system-x86_64 -cpu help), for example Haswell-noTSX,-pcid',
  );

/** Kernel parameters that the executor sets itself, or that would break the guest's port or its end. */
const taken = /^(pti|nopti|kpti|console|panic|root|init|rdinit|initrd|xperf\..*)(=|$)/;
/** The kernel reads `no-pti` and `no_pti` as one name. */
const named = (parameter: string): string => parameter.replace(/^[^=]*/, (name) => name.replaceAll('-', '_'));
const word = '[A-Za-z0-9][A-Za-z0-9_.,:+/-]*(=[A-Za-z0-9_.,:+/-]*)?';

/** Kernel parameters beside those that the executor sets. They travel as one word of QEMU's, never through a shell. */
export const bootOptionsSchema = z
  .string()
  .max(500)
  .regex(
    new RegExp(`^${word}( ${word})*$`),
    'must be kernel parameters with one blank between them, for example mitigations=off; letters, digits and _.,:+/-= only',
  )
  .refine((text) => !text.split(' ').some((one) => taken.test(named(one))), {
    error:
      'must not set pti (use kpti), console, panic, root, init or xperf.*: the executor sets these itself; leave them out',
  });

/** The same, or nothing: no boot options at all. A plain union would hide what is wrong with a text. */
const someOrNoBootOptionsSchema = z.string().superRefine((text, context) => {
  const issues = text === '' ? [] : (bootOptionsSchema.safeParse(text).error?.issues ?? []);
  for (const { message } of issues) context.addIssue({ code: 'custom', message });
});

/**
 * One cell of a job's matrix: the guest to boot. What is left out is as the host's own guests have it; empty
 * `bootOptions` are none, whatever the host's own have.
 */
export const guestSchema = z.strictObject({
  series: kernelSeriesSchema,
  /** Page-table isolation, forced with `pti=` whatever the CPU model. */
  kpti: z.boolean(),
  cpuModel: cpuModelSchema.optional(),
  bootOptions: someOrNoBootOptionsSchema.optional(),
});
export type Guest = z.infer<typeof guestSchema>;

function dimension<T extends z.ZodType>(value: T, example: string) {
  return z
    .array(value, { error: `must be a list, for example ${example}` })
    .min(1, `name at least one, for example ${example}`)
    .max(limits.matrixValues, `at most ${limits.matrixValues}; submit several jobs`)
    .refine((values) => new Set(values.map((one) => slug(String(one)))).size === values.length, {
      error:
        'names a value twice, or two that labels can’t tell apart; cells are told apart by the labels of their runs',
    });
}

/** The guests that a job is to run in: every combination of the values. */
export const matrixSchema = z
  .strictObject({
    series: dimension(kernelSeriesSchema, JSON.stringify(kernelSeriesNames)),
    kpti: dimension(z.boolean(), '[true,false]'),
    /** Left out: the CPU model of each host's own guests. */
    cpuModel: dimension(cpuModelSchema, '["Haswell-noTSX","Skylake-Server-v1"]').optional(),
    /** Left out: those of each host's own guests. An empty text is none. */
    bootOptions: dimension(someOrNoBootOptionsSchema, '["","mitigations=off"]').optional(),
  })
  .superRefine((matrix, context) => {
    const cells = guestsOf(matrix).length;
    if (cells <= limits.matrixCells) return;
    const message = `has ${cells} cells, at most ${limits.matrixCells}; name fewer values or submit several jobs`;
    context.addIssue({ code: 'custom', message });
  });
export type Matrix = z.infer<typeof matrixSchema>;

/** A dimension of the matrix, in the order in which it varies, slowest first. */
export const matrixDimensions = ['series', 'kpti', 'cpuModel', 'bootOptions'] as const;
export type MatrixDimension = (typeof matrixDimensions)[number];

/** All cells of a matrix; the first value of each dimension makes the first. */
export function guestsOf({ series, kpti, cpuModel, bootOptions }: Matrix): Guest[] {
  const models = cpuModel?.map((model) => ({ cpuModel: model })) ?? [{}];
  const options = bootOptions?.map((text) => ({ bootOptions: text })) ?? [{}];
  return series.flatMap((one) =>
    kpti.flatMap((isolated) =>
      models.flatMap((model) => options.map((more) => ({ series: one, kpti: isolated, ...model, ...more }))),
    ),
  );
}

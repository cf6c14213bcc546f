import * as z from 'zod';
import { operatorLabelsSchema } from '../host.js';
import { hostIdSchema, runNonceSchema, uuidSchema } from '../ids.js';
import { derivedLabels } from '../labels.js';
import { shortTextSchema } from '../stored.js';

/** `name=value`, once or repeated. */
const labelsInQuery = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((given, context) => {
    const pairs = [given].flat().map((text) => {
      const at = text.indexOf('=');
      return [text.slice(0, Math.max(at, 0)), text.slice(at + 1)] as const;
    });
    for (const [name] of pairs) {
      if (name === '') context.addIssue({ code: 'custom', message: 'must be <name>=<value>' });
      else if (Object.hasOwn(derivedLabels, name))
        context.addIssue({ code: 'custom', message: `every run has a derived ${name}; use another name` });
    }
    return Object.fromEntries(pairs);
  })
  .pipe(operatorLabelsSchema);

/**
 * POST /v1/imports?host=…: what is to be said of the log in the body, as far as it does not say so itself. What neither
 * says is not known.
 */
export const importQuerySchema = z.strictObject({
  /** The machine that the log is of. */
  host: hostIdSchema,
  /** Whether no host or run of that name need be known yet. */
  newHost: z.stringbool({ error: 'must be true or false' }).default(false),
  /** Of several runs in the log, only this one. */
  nonce: runNonceSchema.optional(),
  /** Labels of its runs. */
  label: labelsInQuery,
  /** When the runs were measured. */
  occurredAt: z.iso.datetime({ offset: true }).optional(),
  tscKhz: z.coerce.number().min(1_000).max(100_000_000).optional(),
  /** Kernel release, as `uname -r` prints it. */
  kernel: shortTextSchema.min(1).optional(),
});
export type ImportQuery = z.infer<typeof importQuerySchema>;

/**
 * - `imported`: a new run.
 * - `known`: this very run was imported before; nothing was stored.
 * - `refused`: no run can be made of it; `reason` says why.
 */
export const importedRunSchema = z.object({
  nonce: runNonceSchema,
  /** As the log names it; null where its begin line and all samples are missing. */
  probe: z.string().nullable(),
  outcome: z.enum(['imported', 'known', 'refused']),
  runId: uuidSchema.nullable(),
  jobId: uuidSchema.nullable(),
  /** samples + lost + rejected = faults; all 0 where it was refused. */
  faults: z.int(),
  samples: z.int(),
  lost: z.int(),
  rejected: z.int(),
  damagedLines: z.int(),
  reason: z.string().nullable(),
  remedy: z.string().nullable(),
});
export type ImportedRun = z.infer<typeof importedRunSchema>;

export const importReplySchema = z.object({
  host: hostIdSchema,
  bytes: z.int(),
  runs: z.array(importedRunSchema),
  /** What is not known of the runs, and how to say it. */
  notes: z.array(z.string()),
});
export type ImportReply = z.infer<typeof importReplySchema>;

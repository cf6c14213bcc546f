import * as z from 'zod';
import { bootStateSchema } from './boot-state.js';
import { kernelSeriesSchema } from './guest.js';
import { hostIdSchema } from './ids.js';
import { limits } from './limits.js';
import { provenanceFits, provenancesOf } from './executors.js';
import { executorSchema, probeSchema, provenanceSchema, servedExecutorSchema } from './names.js';
import { currentLabels } from './renamed-labels.js';

export const labelKeySchema = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$/, 'must be 1-63 characters of letters, digits, . _ / -');
const labelValueSchema = z
  .string()
  .regex(/^[a-zA-Z0-9._:+-]{1,128}$/, 'must be 1-128 characters of letters, digits, . _ : + -');

const atMost = (most: number, message: string) =>
  z
    .record(labelKeySchema, labelValueSchema)
    .refine((labels) => Object.keys(labels).length <= most, `at most ${most} labels${message}`);

/** Labels that selectors match: name to value. The operator's and the derived ones. */
export const labelsSchema = atMost(limits.labelsInAll, '').overwrite(currentLabels);
/** Labels that people give a job or a host. */
export const operatorLabelsSchema = atMost(limits.labelsPerHost, ' besides those that are derived; leave some out');

/** Labels that are set, or with null taken away. */
export const changedLabelsSchema = z.record(labelKeySchema, labelValueSchema.nullable());

/** One way in which a host can measure: an executor, the probes it serves and the provenance of its figures. */
export const capabilitySchema = z.object({
  executor: executorSchema,
  probes: z.array(probeSchema).min(1),
  provenance: provenanceSchema,
  /** Series of which executor vm has an image to boot, so that a job's matrix can ask for them. */
  series: z.array(kernelSeriesSchema).optional(),
});
export type Capability = z.infer<typeof capabilitySchema>;

/** A capability as a worker may announce it. Stored ones are read as they were written. */
const announcedCapabilitySchema = capabilitySchema
  .extend({ executor: servedExecutorSchema })
  .superRefine(({ executor, provenance }, context) => {
    if (provenanceFits(executor, provenance)) return;
    const message = `figures of executor ${executor} are ${provenancesOf(executor).join(', ')}, never ${provenance}`;
    context.addIssue({ code: 'custom', path: ['provenance'], message });
  });

/** What a worker tells of one host it serves. */
export const hostDescriptionSchema = z.object({
  hostId: hostIdSchema,
  /** Labels given by the operator; labels derived from the boot state are added by `deriveLabels`. */
  labels: operatorLabelsSchema,
  capabilities: z.array(announcedCapabilitySchema).min(1, 'a host must serve at least one executor'),
  bootState: bootStateSchema,
});
export type HostDescription = z.infer<typeof hostDescriptionSchema>;

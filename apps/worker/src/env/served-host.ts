import {
  executorOf,
  servedExecutorSchema,
  type ServedExecutorName,
  hostIdSchema,
  operatorLabelsSchema,
} from '#contracts';
import * as z from 'zod';
import { kinds } from '../executors/kinds.js';

const entries = Object.entries(kinds) as [ServedExecutorName, (typeof kinds)[ServedExecutorName]][];
/** Every kind's fields, unread: what is in them, the kind says. */
const fields = Object.fromEntries(
  entries.flatMap(([, { settings }]) => Object.keys(settings.shape).map((field) => [field, z.unknown().optional()])),
) as Record<string, z.ZodOptional<z.ZodUnknown>>;

/** A host is of one kind, and has one boot state. */
function refuseMixed(executors: readonly ServedExecutorName[], context: z.RefinementCtx): void {
  const apart = executors.find((name) => executorOf(name).host !== 'real');
  if (apart === undefined || executors.length === 1) return;
  const message = `a ${executorOf(apart).host} host serves ${apart} only, because a host has one boot state; list it as a host of its own`;
  context.addIssue({ code: 'custom', path: ['executors'], message });
}

/** The fields that an executor has been given, read by its kind; those of executors that the host lacks are refused. */
function fieldsOf(
  host: Readonly<Record<string, unknown>>,
  executors: readonly ServedExecutorName[],
  context: z.RefinementCtx,
) {
  let read: Record<string, unknown> = {};
  for (const [name, { settings }] of entries) {
    const own = Object.keys(settings.shape);
    if (!executors.includes(name)) {
      for (const path of own.filter((field) => host[field] !== undefined))
        context.addIssue({
          code: 'custom',
          path: [path],
          message: `only executor ${name} takes ${path}; leave it out`,
        });
      continue;
    }
    const { data, error } = settings.safeParse(host);
    for (const { path, message } of error?.issues ?? []) context.addIssue({ code: 'custom', path: [...path], message });
    read = { ...read, ...data };
  }
  return read;
}

/** One host that the worker serves: its executors, and the fields that each of them has for it. */
export interface ServedHost {
  hostId: string;
  executors: ServedExecutorName[];
  labels: Record<string, string>;
  [field: string]: unknown;
}

/** The names that an entry of the hosts may have. */
export const servedHostNames = ['hostId', 'executors', 'labels', ...Object.keys(fields)];

export const servedHostSchema = z
  .strictObject({
    hostId: hostIdSchema,
    executors: z.array(servedExecutorSchema).min(1),
    labels: operatorLabelsSchema.default({}),
    ...fields,
  })
  .transform(({ hostId, executors, labels, ...given }, context): ServedHost => {
    refuseMixed(executors, context);
    return { hostId, executors, labels, ...fieldsOf(given, executors, context) };
  });

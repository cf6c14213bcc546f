import * as z from 'zod';
import { guestSchema } from '../guest.js';
import { hostIdSchema } from '../ids.js';
import type { PlannedRun } from '../job-spec.js';
import { executorSchema, probeSchema } from '../names.js';

const kindSchema = z.object({ executor: executorSchema, probe: probeSchema, guest: guestSchema.optional() });

/**
 * A plan as JobSubmitted stores it from version 2 on: hosts and kinds of run once each, and of every run in its order
 * `<id without dashes>.<its host's place>.<its kind's place>.<replicate>`, separated by spaces. 41 bytes a run instead of 150.
 */
export const packedPlanSchema = z.object({
  hosts: z.array(hostIdSchema),
  kinds: z.array(kindSchema),
  runs: z.string().regex(/^[0-9a-f]{32}(\.\d{1,10}){3}( [0-9a-f]{32}(\.\d{1,10}){3})*$/, 'is not a packed plan'),
});
export type PackedPlan = z.infer<typeof packedPlanSchema>;

/** Gives each different value a place, in the order in which they come. */
class Places<T> {
  readonly values: T[] = [];
  readonly #places = new Map<string, number>();

  of(key: string, value: T): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.values.length);
    return this.values.push(value) - 1;
  }
}

/** @param plan with ids as lower-case UUIDs. */
export function packPlan(plan: readonly PlannedRun[]): PackedPlan {
  const hosts = new Places<string>();
  const kinds = new Places<PackedPlan['kinds'][number]>();
  const runs = plan.map(({ runId, hostId, replicate, executor, probe, guest }) => {
    const kind = { executor, probe, ...(guest === undefined ? {} : { guest }) };
    const places = `${hosts.of(hostId, hostId)}.${kinds.of(JSON.stringify(kind), kind)}`;
    return `${runId.replaceAll('-', '')}.${places}.${replicate}`;
  });
  return { hosts: hosts.values, kinds: kinds.values, runs: runs.join(' ') };
}

const idOf = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

/** The plan that was packed; undefined where a run names a host or kind that is not there. */
export function unpackPlan({ hosts, kinds, runs }: PackedPlan): PlannedRun[] | undefined {
  const plan: PlannedRun[] = [];
  for (const run of runs.split(' ')) {
    const [hex = '', host, kind, replicate] = run.split('.');
    const hostId = hosts[Number(host)];
    const of = kinds[Number(kind)];
    if (hostId === undefined || of === undefined) return undefined;
    plan.push({ runId: idOf(hex), hostId, ...of, replicate: Number(replicate) });
  }
  return plan;
}

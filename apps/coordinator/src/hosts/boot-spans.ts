import { type HostBootStates, hostBootStatesSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { changedFields } from '../trends/known-changes.js';
import { loadFacts } from '../trends/load-borders.js';

/** Newest stretches that are given: a host that boots a matrix of guests has one for each cell. */
const most = 200;

interface SpanRow {
  executor: string;
  provenance: string;
  bootStateHash: string;
  from: Date;
  to: Date;
}

/** The boot states that a host's runs had, oldest first, each with what changed from the one before it of the same executor and provenance. */
export async function bootSpans(db: PrismaClient, hostId: string): Promise<HostBootStates> {
  const rows = await db.$queryRaw<SpanRow[]>`
    SELECT executor, provenance, boot_state_hash AS "bootStateHash", first_ended_at AS "from", last_ended_at AS "to"
      FROM segments WHERE host_id = ${hostId} ORDER BY last_ended_at DESC, boot_state_hash LIMIT ${most + 1}::integer`;
  const spans = rows.slice(0, most).sort((a, b) => a.from.getTime() - b.from.getTime());
  const facts = await loadFacts(db, [...new Set(spans.map((span) => span.bootStateHash))]);
  const before = new Map<string, SpanRow>();
  return hostBootStatesSchema.parse({
    hostId,
    items: spans.map((span) => {
      const line = `${span.executor} ${span.provenance}`;
      const last = before.get(line);
      before.set(line, span);
      const [was, is] = [last && facts.get(last.bootStateHash), facts.get(span.bootStateHash)];
      return {
        ...span,
        ...{ from: span.from.toISOString(), to: span.to.toISOString() },
        changed: was === undefined || is === undefined ? [] : changedFields(was, is).fields,
      };
    }),
    cut: rows.length > most,
  });
}

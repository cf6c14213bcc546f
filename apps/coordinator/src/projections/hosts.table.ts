import { type EventData, type EventMeta, isEventOf, type RecordedEvent } from '#contracts';
import type { Transaction } from '#event-store';
import { serviceAfter } from '#lifecycle';

/** The host's row as its latest facts tell it, as a record that JSON carries. */
function hostRow(facts: EventData<'HostRegistered'>, { occurredAt }: EventMeta, registeredAt: Date) {
  const { hostId, workerId, labels, capabilities, bootState, bootStateHash } = facts;
  return {
    ...{ host_id: hostId, worker_id: workerId, labels, capabilities },
    ...{ boot_state: bootState, boot_state_hash: bootStateHash, generation: bootState.cpu.generation },
    ...{ virtualization: bootState.virtualization, registered_at: registeredAt, changed_at: occurredAt },
  };
}

/** What is known of each host. */
export async function projectHosts(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  const rows = new Map<string, ReturnType<typeof hostRow>>();
  for (const { type, data, meta } of events) {
    if (type !== 'HostRegistered' && type !== 'HostFactsChanged') continue;
    rows.set(data.hostId, hostRow(data, meta, rows.get(data.hostId)?.registered_at ?? meta.occurredAt));
  }
  if (rows.size === 0) return;
  await tx.$executeRaw`
    INSERT INTO hosts AS h (host_id, worker_id, labels, capabilities, boot_state, boot_state_hash, generation, virtualization,
                            registered_at, changed_at)
    SELECT * FROM jsonb_to_recordset(${JSON.stringify([...rows.values()])}::jsonb)
        AS n (host_id text, worker_id text, labels jsonb, capabilities jsonb, boot_state jsonb, boot_state_hash text,
              generation text, virtualization text, registered_at timestamptz, changed_at timestamptz)
        ON CONFLICT (host_id) DO UPDATE
       SET worker_id = excluded.worker_id, labels = excluded.labels, capabilities = excluded.capabilities,
           boot_state = excluded.boot_state, boot_state_hash = excluded.boot_state_hash, generation = excluded.generation,
           virtualization = excluded.virtualization, changed_at = excluded.changed_at`;
}

/** What was said of each host last: why it takes no runs, or that it does again. */
export async function projectHostService(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  const rows = new Map<string, object>();
  for (const event of events) {
    if (!isEventOf('host', event)) continue;
    const state = serviceAfter(event);
    if (state === undefined || !('reason' in event.data)) continue;
    const { hostId, reason } = event.data;
    const rule = 'rule' in event.data ? event.data.rule : null;
    const { recordedAt: since, actor } = event.meta;
    rows.set(hostId, { host_id: hostId, state, since, actor, reason, rule });
  }
  if (rows.size === 0) return;
  await tx.$executeRaw`
    INSERT INTO host_service (host_id, state, since, actor, reason, rule)
    SELECT * FROM jsonb_to_recordset(${JSON.stringify([...rows.values()])}::jsonb)
        AS n (host_id text, state text, since timestamptz, actor text, reason text, rule text)
        ON CONFLICT (host_id) DO UPDATE
       SET state = excluded.state, since = excluded.since, actor = excluded.actor, reason = excluded.reason, rule = excluded.rule`;
}

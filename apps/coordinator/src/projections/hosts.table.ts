import type { EventData, RecordedEvent } from '#contracts';
import type { Transaction } from '#event-store';

/** The host's row as its latest facts tell it. */
function hostRow(facts: EventData<'HostRegistered'>, changedAt: Date) {
  return {
    workerId: facts.workerId,
    labels: facts.labels,
    capabilities: facts.capabilities,
    bootState: facts.bootState,
    bootStateHash: facts.bootStateHash,
    generation: facts.bootState.cpu.generation,
    virtualization: facts.bootState.virtualization,
    changedAt,
  };
}

/** What is known of each host. Facts change rarely, so one statement an event is fine. */
export async function projectHosts(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  for (const event of events) {
    if (event.type !== 'HostRegistered' && event.type !== 'HostFactsChanged') continue;
    const { hostId } = event.data;
    const row = hostRow(event.data, event.meta.occurredAt);
    await tx.host.upsert({
      where: { hostId },
      create: { hostId, registeredAt: event.meta.occurredAt, ...row },
      update: row,
    });
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import type { HostView } from '#contracts';
import { allPages } from '../client/all-pages.js';
import type { ApiClient } from '../client/api-client.js';

export interface AwaitedHosts {
  hostIds: readonly string[];
  /** Over host labels: names these hosts and few others, so that waiting costs the same in a fleet of any size. */
  selector: string;
  /** Seen before this start counts for nothing: hosts of earlier starts are known already. */
  since: Date;
}

const lookEveryMs = 100;

/** Waits until all these hosts have been seen since then, for as long as `signal` lets it. */
export async function waitForHosts(
  client: Pick<ApiClient, 'hosts'>,
  { hostIds, selector, since }: AwaitedHosts,
  signal: AbortSignal,
): Promise<HostView[]> {
  const wanted = new Set(hostIds);
  for (;;) {
    signal.throwIfAborted();
    const here: HostView[] = [];
    for await (const host of allPages((page) => client.hosts({ ...page, selector }))) {
      if (wanted.has(host.hostId) && host.seenAt !== null && new Date(host.seenAt) >= since) here.push(host);
    }
    if (here.length === wanted.size) return here;
    await pause(lookEveryMs, undefined, { signal });
  }
}

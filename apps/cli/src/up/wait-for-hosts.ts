import { setTimeout as pause } from 'node:timers/promises';
import type { HostView } from '#contracts';
import { allPages } from '../client/all-pages.js';
import type { ApiClient } from '../client/api-client.js';
import { CliError } from '../cli-error.js';

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
    const here = (await matching(client, selector)).filter(
      ({ hostId, seenAt }) => wanted.has(hostId) && seenAt !== null && new Date(seenAt) >= since,
    );
    if (here.length === wanted.size) return here;
    await pause(lookEveryMs, undefined, { signal });
  }
}

/** The hosts that a selector matches; none while it names what no host has yet, which the coordinator refuses (422). */
async function matching(client: Pick<ApiClient, 'hosts'>, selector: string): Promise<HostView[]> {
  const hosts: HostView[] = [];
  try {
    for await (const host of allPages((page) => client.hosts({ ...page, selector }))) hosts.push(host);
  } catch (error) {
    if (error instanceof CliError && error.problem?.status === 422) return [];
    throw error;
  }
  return hosts;
}

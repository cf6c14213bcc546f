import { describe, expect, it } from '@jest/globals';
import { type HostView, limits, type Page } from '#contracts';
import type { ApiClient } from '../client/api-client.js';
import { errorFromReply } from '../client/problem-error.js';
import { waitForHosts } from './wait-for-hosts.js';

const refusal = {
  type: 'about:blank',
  title: 'The request can not be carried out',
  status: 422,
  detail: 'no fleet=own',
};
const since = new Date('2026-11-26T12:00:00Z');
const host = (hostId: string, seenAt: string | null): HostView => ({ hostId, seenAt }) as HostView;
const before = '2026-11-26T11:59:59Z';
const after = '2026-11-26T12:00:01Z';

/** A fleet whose hosts change from poll to poll; a selector `fleet=x` matches the ids that begin with x. */
function fleetOf(...polls: HostView[][]) {
  const queries: string[] = [];
  let poll = -1;
  const hosts: ApiClient['hosts'] = (query = {}): Promise<Page<HostView>> => {
    if (query.cursor === undefined) poll = Math.min(poll + 1, polls.length - 1);
    queries.push(query.selector ?? '');
    const own = query.selector?.replace('fleet=', '') ?? '';
    const found = (polls[poll] ?? []).filter(({ hostId }) => hostId.startsWith(own));
    const from = Number(query.cursor ?? 0);
    const to = from + (query.limit ?? 50);
    return Promise.resolve({ items: found.slice(from, to), nextCursor: to < found.length ? String(to) : null });
  };
  return { client: { hosts }, queries };
}

describe('waitForHosts', () => {
  const others = Array.from({ length: 10_000 }, (_, i) => host(`a-${i}`, after));
  const many = Array.from({ length: limits.pageSize + 50 }, (_, i) => `own-${i}`);
  const awaited = { hostIds: many, selector: 'fleet=own', since };

  it('finds its hosts behind any number of others, asking for no more than its own', async () => {
    const { client, queries } = fleetOf([...others, ...many.map((id) => host(id, after))]);
    const found = await waitForHosts(client, awaited, AbortSignal.timeout(30_000));
    expect(found.map(({ hostId }) => hostId)).toEqual(many);
    expect(queries).toEqual(['fleet=own', 'fleet=own']);
  });

  it('waits for those that were seen before this start only, or never', async () => {
    const [first = '', ...rest] = many;
    const here = rest.map((id) => host(id, after));
    const { client, queries } = fleetOf([host(first, before), ...here], [host(first, null), ...here], [host(first, after), ...here]); // prettier-ignore
    await waitForHosts(client, awaited, AbortSignal.timeout(30_000));
    expect(queries).toHaveLength(6);
  });

  it('waits on while the coordinator knows no host by these names', async () => {
    const { client } = fleetOf(many.map((id) => host(id, after)));
    let asked = 0;
    const hosts: ApiClient['hosts'] = (query = {}) => {
      asked += 1;
      if (asked > 1) return client.hosts(query);
      throw errorFromReply(422, 'application/problem+json', JSON.stringify(refusal));
    };
    expect(await waitForHosts({ hosts }, awaited, AbortSignal.timeout(30_000))).toHaveLength(many.length);
    await expect(
      waitForHosts({ hosts: () => Promise.reject(new Error('gone')) }, awaited, AbortSignal.timeout(30_000)),
    ).rejects.toThrow('gone');
  });

  it('ends with its signal', async () => {
    const { client } = fleetOf([]);
    await expect(waitForHosts(client, awaited, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

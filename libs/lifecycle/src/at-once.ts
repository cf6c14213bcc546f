/** A host's place among those of its rack, or whatever label has a limit, while a run of it is queued or running. */
export interface Place {
  hostId: string;
  value: string;
}

/** Who is measured at present, by the values of one label. */
export class Places {
  readonly #taken = new Map<string, Set<string>>();

  constructor(taken: readonly Place[]) {
    for (const { hostId, value } of taken) this.#hostsOf(value).add(hostId);
  }

  #hostsOf(value: string): Set<string> {
    const hosts = this.#taken.get(value) ?? new Set();
    this.#taken.set(value, hosts);
    return hosts;
  }

  /** Values of which no further host may be measured under this limit. */
  full(most: number): string[] {
    return [...this.#taken].flatMap(([value, hosts]) => (hosts.size >= most ? [value] : []));
  }

  /** Hosts with a place. */
  get hosts(): string[] {
    return [...this.#taken.values()].flatMap((hosts) => [...hosts]);
  }

  /**
   * Those of the waiting runs that may be queued, in their order; their hosts take places. One run a host: were all of a host's runs
   * queued, it would keep its place to their end, and the order in which hosts take turns would be lost.
   */
  take<Run extends { hostId: string; value: string | null }>(waiting: readonly Run[], most: number): Run[] {
    return waiting.filter(({ hostId, value }) => {
      // Without the label there is nothing that it could be too much for.
      if (value === null) return true;
      const hosts = this.#hostsOf(value);
      if (hosts.has(hostId) || hosts.size >= most) return false;
      hosts.add(hostId);
      return true;
    });
  }
}

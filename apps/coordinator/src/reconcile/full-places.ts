/** Hosts come back, and get other labels, without a place being taken or left. */
const lookAgainMs = 1_000;

/**
 * Of which labels nothing could be queued, and how things stood. Looking through 100,000 runs that wait for their turn takes longer than all
 * else in a pass, and mostly nothing has changed.
 */
export class FullPlaces {
  readonly #seen = new Map<string, { standing: string; untilMs: number }>();

  stillHolds(label: string, standing: string): boolean {
    const seen = this.#seen.get(label);
    return seen?.standing === standing && performance.now() < seen.untilMs;
  }

  remember(label: string, standing: string): void {
    this.#seen.set(label, { standing, untilMs: performance.now() + lookAgainMs });
  }
}

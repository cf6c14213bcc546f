import type { PrismaClient } from '#event-store';

type Counts = Map<string, number>;

/** How long what ended before is taken from the last count of it. */
const recountMs = 3_600_000;
/** Runs that ended so recently are counted each time: their ends may be recorded late. */
const recent = '10 minutes';

/**
 * How many runs the read model has in each state, without counting the whole history at each scrape (111 ms a 100,000
 * runs): those that ended more than ten minutes ago are counted once an hour. So one that a later parser takes from failed
 * to completed, or whose end is recorded that late, is counted within the hour.
 */
export class RunCounts {
  #before: { counts: Counts; until: Date; countedMs: number } | undefined;

  constructor(private readonly db: PrismaClient) {}

  async byState(): Promise<Counts> {
    if (this.#before === undefined || performance.now() - this.#before.countedMs > recountMs) {
      this.#before = await this.#count();
    }
    const { counts, until } = this.#before;
    const rows = await this.db.$queryRaw<{ state: string; runs: number }[]>`
      SELECT state, count(*)::float8 AS runs FROM runs
       WHERE state IN ('planned', 'queued', 'started') GROUP BY state
      UNION ALL
      SELECT state, count(*)::float8 FROM runs
       WHERE ended_at >= ${until}::timestamptz AND state NOT IN ('planned', 'queued', 'started') GROUP BY state`;
    const all = new Map(counts);
    for (const { state, runs } of rows) all.set(state, (all.get(state) ?? 0) + runs);
    return all;
  }

  async #count(): Promise<{ counts: Counts; until: Date; countedMs: number }> {
    const [moment] = await this.db.$queryRaw<{ until: Date }[]>`
      SELECT date_trunc('second', now() - ${recent}::interval) AS until`;
    if (moment === undefined) throw new Error('PostgreSQL gave no time');
    const rows = await this.db.$queryRaw<{ state: string; runs: number }[]>`
      SELECT state, count(*)::float8 AS runs FROM runs
       WHERE (ended_at < ${moment.until}::timestamptz OR ended_at IS NULL) AND state NOT IN ('planned', 'queued', 'started')
       GROUP BY state`;
    return { ...moment, counts: new Map(rows.map(({ state, runs }) => [state, runs])), countedMs: performance.now() };
  }
}

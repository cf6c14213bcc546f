import { setTimeout as delay } from 'node:timers/promises';
import { projections } from '../projections/projections.js';
import type { Projection } from '../projections/projection.js';
import { fillProjection, type FillOptions } from './fill.js';
import { dueFills } from './standing.js';

/** How soon a rebuild that was asked for begins. A look is one query by primary key. */
const lookEveryMs = 1_000;

export interface KeepFilledOptions extends Pick<FillOptions, 'db' | 'databaseUrl'> {
  onSwap: (projection: Projection) => void;
  onError: (projection: Projection, error: unknown) => void;
}

/**
 * Fills new and changed projections, and those that somebody asked to rebuild: side by side, but what reads another's tables after that
 * one.
 */
export class KeepFilled {
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(private readonly options: KeepFilledOptions) {}

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends after the pass under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const swapped = await Promise.all((await this.#due()).map((projection) => this.#fill(projection)));
      // Those that read its tables are due now.
      if (!swapped.includes(true)) await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #fill(projection: Projection): Promise<boolean> {
    const { db, databaseUrl, onSwap, onError } = this.options;
    try {
      const swapped = await fillProjection(projection, { db, databaseUrl, signal: this.#stopping.signal });
      if (swapped) onSwap(projection);
      return swapped;
    } catch (error) {
      onError(projection, error);
      return false;
    }
  }

  /** What fails here fails in the passes of each projection too, and they tell of it. */
  #due(): Promise<Projection[]> {
    return dueFills(this.options.db, projections).catch(() => []);
  }
}

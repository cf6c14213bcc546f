import type { Transaction } from '#event-store';
import { heeding } from './heeding.js';
import { typesWithNewResults } from './run-results.table.js';

/** For projections of `run_results`: `fold` is given the runs whose rows there were made, replaced or removed. */
export const heedingNewResults = (fold: (tx: Transaction, runIds: readonly string[]) => Promise<void>) =>
  heeding(typesWithNewResults, (tx, events) => fold(tx, [...new Set(events.map(({ data }) => data.runId))]));

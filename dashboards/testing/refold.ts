import type pg from 'pg';
import { Prisma } from '#event-store';
import { insertCells } from '../../apps/coordinator/src/projections/daily-cells.table.js';
import { insertEndings } from '../../apps/coordinator/src/projections/ended-runs.table.js';
import { insertLevels } from '../../apps/coordinator/src/projections/monthly-levels.table.js';

/** Where all runs ended that count in the roll-ups of ended runs. */
export const everyEnding = Prisma.sql`
  SELECT DISTINCT provenance, date_trunc('hour', ended_at, 'UTC') AS hour, host_id FROM runs
   WHERE ended_at IS NOT NULL AND provenance IS NOT NULL`;

/** Makes the boards' roll-ups anew of the days and runs that there are now: for tests that change those or boot states by hand. */
export async function refold(client: pg.Client): Promise<void> {
  for (const table of ['daily_cells', 'monthly_levels', 'ended_runs', 'lost_samples', 'queue_waits', 'host_runs'])
    await client.query(`DELETE FROM ${table}`);
  const everyDay = Prisma.sql`SELECT DISTINCT day, host_id, boot_state_hash, executor, provenance FROM daily_series`;
  // Of a provenance without any, a test took them away.
  await client.query(
    `INSERT INTO segments (host_id, executor, provenance, boot_state_hash, labels, first_ended_at, last_ended_at)
       SELECT host_id, executor, provenance, boot_state_hash, (array_agg(labels))[1], min(ended_at), max(ended_at) FROM runs
        WHERE provenance IN (SELECT provenance FROM segments) AND state = 'completed' AND ended_at IS NOT NULL AND boot_state_hash IS NOT NULL AND labels IS NOT NULL
        GROUP BY host_id, executor, provenance, boot_state_hash
     ON CONFLICT DO NOTHING`,
  );
  const inserts = [insertCells(everyDay), insertLevels(everyDay), ...insertEndings(everyEnding)];
  for (const { text, values } of inserts) await client.query(text, values);
}

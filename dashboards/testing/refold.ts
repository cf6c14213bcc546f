import type pg from 'pg';
import { Prisma } from '#event-store';
import { insertCells } from '../../apps/coordinator/src/projections/daily-cells.table.js';
import { insertLevels } from '../../apps/coordinator/src/projections/monthly-levels.table.js';

/** Makes the boards' roll-ups anew of the days and runs that there are now: for tests that change those or boot states by hand. */
export async function refold(client: pg.Client): Promise<void> {
  await client.query('DELETE FROM daily_cells');
  await client.query('DELETE FROM monthly_levels');
  const everyDay = Prisma.sql`SELECT DISTINCT day, host_id, boot_state_hash, executor, provenance FROM daily_series`;
  // Of a provenance without any, a test took them away.
  await client.query(
    `INSERT INTO segments (host_id, executor, provenance, boot_state_hash, labels, first_ended_at, last_ended_at)
       SELECT host_id, executor, provenance, boot_state_hash, (array_agg(labels))[1], min(ended_at), max(ended_at) FROM runs
        WHERE provenance IN (SELECT provenance FROM segments) AND state = 'completed' AND ended_at IS NOT NULL AND boot_state_hash IS NOT NULL AND labels IS NOT NULL
        GROUP BY host_id, executor, provenance, boot_state_hash
     ON CONFLICT DO NOTHING`,
  );
  for (const { text, values } of [insertCells(everyDay), insertLevels(everyDay)]) await client.query(text, values);
}

// What boards are drawn of: the demo's year, and what goes wrong in the field.
import type pg from 'pg';
import { contractVersion } from '#contracts';
import { historyOf, writeHistory } from '#demo-history';
import { createPrisma } from '#event-store';
import { catchUp } from '../../../test/fleet/read-model.js';

/** Sixty nights, in which a story has an outage and a step. */
export const shortHistory = () =>
  historyOf({ days: 60, hosts: 6, runs: 3, samples: 200, seed: 5, until: '2026-11-25' });

export const shortRange = {
  from: new Date('2026-09-26T00:00:00Z'),
  to: new Date('2026-11-27T00:00:00Z'),
  intervalMs: 7_200_000,
};

/** Names that a board must show as they are: what SQL, Grafana's variables, formats and markup would take for their own. */
export const hostileKernel = `6.1 o'Brien "q" {a} 100 % <b>bold</b> 🙂 ${'x'.repeat(60)}`;

/** Fills a migrated database's read model. */
export async function fillShortHistory(coordinatorUrl: string): Promise<void> {
  await writeHistory({ databaseUrl: coordinatorUrl, history: shortHistory() });
  const db = createPrisma(coordinatorUrl);
  await catchUp(db, coordinatorUrl);
  await db.$disconnect();
}

const everywhere = ['daily_series', 'run_results', 'runs', 'segments', 'host_noise', 'hosts'] as const;

/** What is changed in a copy of the short history; `empty` needs none of it. */
export const situations: Readonly<Record<string, (admin: pg.Client) => Promise<void>>> = {
  'an empty fleet': async (admin) => {
    for (const table of everywhere) await admin.query(`DELETE FROM ${table}`);
    await admin.query('DELETE FROM run_gaps');
  },
  'one host': async (admin) => {
    const { rows } = await admin.query<{ host: string }>('SELECT min(host_id) AS host FROM hosts');
    for (const table of everywhere) await admin.query(`DELETE FROM ${table} WHERE host_id <> $1`, [rows[0]?.host]);
    await admin.query(
      `INSERT INTO worker_presence (host_id, worker_id, seen_at, contract_version) SELECT host_id, worker_id, now(), $1 FROM hosts`,
      [contractVersion],
    );
  },
  'an outage': async (admin) => {
    const when = `BETWEEN '2026-10-20' AND '2026-10-30'`;
    await admin.query(`DELETE FROM daily_series WHERE day ${when}`);
    for (const table of ['run_results', 'runs']) await admin.query(`DELETE FROM ${table} WHERE ended_at ${when}`);
  },
  'a planted step': async (admin) => {
    const figures = ['q1', 'p50', 'q3'].flatMap((name) => [`${name}_cycles`, `${name}_ns`]);
    const daily = [...figures, 'p5_cycles', 'p95_cycles', 'p99_cycles', 'level_cycles', 'level_ns'];
    const changed = (names: readonly string[]) => names.map((name) => `${name} = ${name} * 1.25`).join(', ');
    const stepped = `(SELECT host_id FROM daily_series ORDER BY day DESC, host_id LIMIT 1)`;
    const host = `host_id = ${stepped}`;
    await admin.query(`UPDATE daily_series SET ${changed(daily)} WHERE day >= '2026-11-10' AND ${host}`);
    const run = changed(['p5_cycles', 'p25_cycles', 'p50_cycles', 'p75_cycles', 'p95_cycles', 'p99_cycles']);
    await admin.query(`UPDATE run_results SET ${run} WHERE ended_at >= '2026-11-10' AND ${host}`);
    for (const [state, verdict] of [
      ['open', 'slower'],
      ['acknowledged', 'slower'],
      ['suspected', null],
      ['resolved', 'equal'],
    ])
      await admin.query(
        `INSERT INTO findings (finding_id, stream_version, state, direction, hosts, generations, from_day, to_day, view)
           VALUES (gen_random_uuid(), 1, $1, 'up', ARRAY[${stepped}], ARRAY['Skylake-SP'], '2026-11-10', '2026-11-10', $2)`,
        [
          state,
          JSON.stringify({
            ...{ provenance: 'simulated', probe: 'pf', metric: 'u2k', kind: 'step', ratio: 1.25 },
            interval: { low: 1.22, high: 1.28 },
            confirmation: verdict && { figures: { verdict, ratio: 1.25, interval: { low: 1.23, high: 1.27 } } },
          }),
        ],
      );
  },
  'hostile names': async (admin) => {
    const said = JSON.stringify({ kernelRelease: hostileKernel });
    await admin.query(`UPDATE boot_states SET boot_state = boot_state || $1`, [said]);
    await admin.query(`UPDATE hosts SET boot_state = boot_state || $1`, [said]);
  },
};

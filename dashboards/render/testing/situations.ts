// What boards are drawn of: the demo's year, and what goes wrong in the field.
import type pg from 'pg';
import { contractVersion } from '#contracts';
import { historyOf, writeHistory } from '#demo-history';
import { createPrisma } from '#event-store';
import { catchUp } from '../../../test/fleet/read-model.js';
import type { QueryRange } from '../../testing/grafana-sql.js';
import { refold } from '../../testing/refold.js';
import type { Values } from '../panel-inputs.js';

/** Sixty nights, in which a story has an outage and a step. */
export const shortHistory = () =>
  historyOf({ days: 60, hosts: 6, runs: 3, samples: 200, seed: 5, until: '2026-11-25' });

export const shortRange = {
  from: new Date('2026-09-26T00:00:00Z'),
  to: new Date('2026-11-27T00:00:00Z'),
  intervalMs: 7_200_000,
};

/** What a board is drawn of. */
export interface Situation {
  /** What is changed in a copy of the short history. */
  change?: (admin: pg.Client) => Promise<void>;
  range?: QueryRange;
  /** What a link set the variables to. */
  linked?: Values;
  /** Every panel that asks PostgreSQL shows what it answered, because this login may not, or because a table is not there. */
  refused?: RegExp;
}

/**
 * Names that a board must show as they are: what SQL, Grafana's variables, formats and markup would take for their own. As long as the
 * contract allows.
 */
export const hostileName = `O'Brien "q" $a \${provenance} {c} 100 % <b>bold</b> \\ 🙂 `.padEnd(255, 'x');

const span = (from: string, to: string, intervalMs: number): QueryRange => ({
  from: new Date(from),
  to: new Date(to),
  intervalMs,
});

/** Fills a migrated database's read model. */
export async function fillShortHistory(coordinatorUrl: string): Promise<void> {
  await writeHistory({ databaseUrl: coordinatorUrl, history: shortHistory() });
  const db = createPrisma(coordinatorUrl);
  await catchUp(db, coordinatorUrl);
  await db.$disconnect();
}

const everywhere = ['daily_series', 'run_results', 'runs', 'segments', 'host_noise', 'hosts'] as const;

async function empty(admin: pg.Client): Promise<void> {
  for (const table of everywhere) await admin.query(`DELETE FROM ${table}`);
  await admin.query('DELETE FROM run_gaps');
  await refold(admin);
}

async function oneHost(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ host: string }>('SELECT min(host_id) AS host FROM hosts');
  for (const table of everywhere) await admin.query(`DELETE FROM ${table} WHERE host_id <> $1`, [rows[0]?.host]);
  await admin.query(
    `INSERT INTO worker_presence (host_id, worker_id, seen_at, contract_version) SELECT host_id, worker_id, now(), $1 FROM hosts`,
    [contractVersion],
  );
  await refold(admin);
}

async function outage(admin: pg.Client): Promise<void> {
  const when = `BETWEEN '2026-10-20' AND '2026-10-30'`;
  await admin.query(`DELETE FROM daily_series WHERE day ${when}`);
  for (const table of ['run_results', 'runs']) await admin.query(`DELETE FROM ${table} WHERE ended_at ${when}`);
  await refold(admin);
}

async function plantedStep(admin: pg.Client): Promise<void> {
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
  await refold(admin);
}

async function hostileNames(admin: pg.Client): Promise<void> {
  const said = JSON.stringify({ kernelRelease: hostileName, microcode: hostileName });
  for (const table of ['boot_states', 'hosts'])
    await admin.query(
      `UPDATE ${table} SET boot_state = jsonb_set(boot_state || $1, '{cpu,generation}', to_jsonb($2::text))
        WHERE boot_state #>> '{cpu,generation}' = (SELECT min(generation) FROM hosts)`,
      [said, hostileName],
    );
  await admin.query(
    `UPDATE runs SET failure = jsonb_build_object('code', $1::text, 'message', $1::text) WHERE failure IS NOT NULL`,
    [hostileName],
  );
  await refold(admin);
}

export const situations: Readonly<Record<string, Situation>> = {
  'an empty fleet': { change: empty },
  'one host': { change: oneHost },
  'an outage': { change: outage },
  'a planted step': { change: plantedStep },
  'hostile names': { change: hostileNames },
  'a range without data': { range: span('2024-01-01T00:00:00Z', '2024-03-01T00:00:00Z', 7_200_000) },
  'a range of one minute': { range: span('2026-11-24T02:00:00Z', '2026-11-24T02:01:00Z', 1_000) },
  'a range of five years': { range: span('2021-11-27T00:00:00Z', '2026-11-27T00:00:00Z', 172_800_000) },
  'a variable with nothing behind it': {
    linked: { metric: 'none', group: ['none'], a: 'none', b: 'none', host: 'none', run: 'no-such-run' },
  },
  // Grafana takes the first of those that exist instead.
  'a choice that does not exist': {
    linked: {
      probe: 'syscall',
      metric: "u2'k",
      group: ['Zen 9 / bare'],
      a: 'Zen 9 / bare',
      b: 'Zen 10 / bare',
      host: 'h-0',
    },
  },
  'a reader without rights': {
    change: async (admin) => {
      await admin.query('REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM xf_reader');
    },
    refused: /permission denied for (?:table|view)/,
  },
  'a read model of an earlier release': {
    change: async (admin) => {
      await admin.query('DROP TABLE daily_cells, monthly_levels');
    },
    refused: /relation "(daily_cells|monthly_levels)" does not exist/,
  },
};

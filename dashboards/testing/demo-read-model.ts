// A short demo history in a database of its own, for tests of the boards: events that went through the store and the projections as any
// other's. What a simulated fleet can't have is made of it afterwards, in the read model.
import { catchUp } from '../../test/fleet/read-model.js';
import { contractVersion, metricsOfProbe, probesOf } from '#contracts';
import { historyOf, writeHistory } from '#demo-history';
import { createPrisma } from '#event-store';
import pg from 'pg';
import { refold } from './refold.js';
import type { FreshDatabase } from '../../test/postgres/fresh-database.js';

/** The first seed that gives one Skylake host a failed run and one with lost records, and nothing else a mishap. */
const seed = 444;

/** Three nights of three hosts: a Skylake-SP, a Cascade Lake and a Zen 3. */
export const demo = historyOf({ days: 3, hosts: 3, runs: 6, samples: 200, seed, until: '2026-11-25' });

/** Its nights, and half a day before and after. */
export const demoRange = {
  from: new Date('2026-11-22T12:00:00Z'),
  to: new Date('2026-11-26T12:00:00Z'),
  intervalMs: 3_600_000,
};

const nameOf = (machine: string): string => {
  const tenure = demo.story.tenures.find((one) => one.machine === machine);
  if (tenure === undefined) throw new Error(`no ${machine} in the demo`);
  return tenure.hostId;
};
export const demoHosts = { skylake: nameOf('skylake-sp'), guest: nameOf('cascade-lake'), here: nameOf('zen3') };

/** Of runs on the measured host the round trips take the place of u2k, which a stock kernel does not give. */
const roundTrips = probesOf('stock-host').flatMap((probe) =>
  metricsOfProbe(probe).map((metric) => ({ probe, metric })),
);

/** Cascade Lake as a guest that does not say whether its kernel has KPTI; Zen 3 as this machine, measured. */
async function relabel(client: pg.Client): Promise<void> {
  await client.query(
    `UPDATE boot_states SET boot_state = boot_state || '{"virtualization": "vm", "kpti": null, "microcode": null}'
      WHERE boot_state #>> '{cpu,generation}' = 'Cascade Lake'`,
  );
  await client.query(
    `UPDATE hosts SET virtualization = 'vm', boot_state = boot_state || '{"virtualization": "vm", "kpti": null, "microcode": null}'
      WHERE host_id = $1`,
    [demoHosts.guest],
  );
  await client.query(`UPDATE run_results SET virtualization = 'vm' WHERE host_id = $1`, [demoHosts.guest]);
  await client.query(`UPDATE runs SET labels = labels || '{"virt": "vm", "kpti": "unknown"}' WHERE host_id = $1`, [
    demoHosts.guest,
  ]);
  const measured = { provenance: 'measured', executor: 'stock-host' };
  await client.query(`UPDATE hosts SET capabilities = $2 WHERE host_id = $1`, [
    demoHosts.here,
    JSON.stringify([{ ...measured, probes: probesOf('stock-host') }]),
  ]);
  await client.query(
    `UPDATE runs SET provenance = 'measured', executor = 'stock-host', probe = $2 WHERE host_id = $1`,
    [demoHosts.here, roundTrips[0]?.probe],
  );
  for (const table of ['run_results', 'daily_series']) {
    await client.query(
      `UPDATE ${table} SET provenance = 'measured', executor = 'stock-host' WHERE host_id = $1 AND metric = 'u2k'`,
      [demoHosts.here],
    );
    await client.query(`DELETE FROM ${table} WHERE host_id = $1 AND metric <> 'u2k'`, [demoHosts.here]);
    for (const { probe, metric } of roundTrips)
      await client.query(
        `INSERT INTO ${table} SELECT (jsonb_populate_record(one, jsonb_build_object('probe', $2::text, 'metric', $3::text))).*
           FROM ${table} AS one WHERE host_id = $1 AND metric = 'u2k'`,
        [demoHosts.here, probe, metric],
      );
    await client.query(`DELETE FROM ${table} WHERE host_id = $1 AND metric = 'u2k'`, [demoHosts.here]);
  }
}

/** Fills a database's read model from the demo. */
export async function demoReadModel({ adminUrl, coordinatorUrl }: FreshDatabase): Promise<void> {
  await writeHistory({ databaseUrl: coordinatorUrl, history: demo });
  const db = createPrisma(coordinatorUrl);
  await catchUp(db, coordinatorUrl);
  await db.$disconnect();
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await relabel(client);
    await client.query(
      `INSERT INTO worker_presence (host_id, worker_id, seen_at, contract_version)
       SELECT host_id, worker_id, registered_at, $1 FROM hosts`,
      [contractVersion],
    );
    await refold(client);
  } finally {
    await client.end();
  }
}

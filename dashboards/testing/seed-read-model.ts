// Rows of a small simulated fleet and one measured host, for tests of the boards.
import { contractVersion, type Metric, metricsOfProbe, probesOf, probesWith } from '#contracts';
import pg from 'pg';

/** Six hours with a run on every host, oldest first. */
export const hours: readonly Date[] = Array.from({ length: 6 }, (_, i) => new Date(Date.UTC(2026, 10, 22, 6 + i)));

interface SeedHost {
  hostId: string;
  generation: string;
  virtualization: string;
  provenance: string;
  bootState: Record<string, unknown>;
  /** p5, p50, p95, p99 of each metric. */
  metrics: Partial<Record<Metric, Quantiles>>;
}

type Quantiles = readonly [number, number, number, number];

/** Every metric that a stock kernel gives. */
const roundTrips = Object.fromEntries(
  probesOf('stock-host').flatMap((probe) => metricsOfProbe(probe).map((metric) => [metric, [900, 1000, 1200, 1500]])),
) as SeedHost['metrics'];

const fleet: readonly SeedHost[] = [
  {
    hostId: 'haswell',
    generation: 'Haswell-EP',
    virtualization: 'bare',
    provenance: 'simulated',
    bootState: { kernelRelease: '6.1.0', microcode: '0x49', kpti: false },
    metrics: { u2k: [420, 440, 480, 520], k2u: [260, 270, 290, 310] },
  },
  {
    hostId: 'icelake',
    generation: 'Ice Lake-SP',
    virtualization: 'vm',
    provenance: 'simulated',
    bootState: { kernelRelease: '6.1.0', microcode: null, kpti: null },
    metrics: { u2k: [330, 350, 385, 420], k2u: [200, 210, 230, 240] },
  },
  {
    hostId: 'here',
    generation: 'Zen 3',
    virtualization: 'bare',
    provenance: 'measured',
    bootState: { kernelRelease: '6.12.0', microcode: null, kpti: false },
    metrics: roundTrips,
  },
];

const jobId = '019aa000-0000-7000-8000-000000000000';
const runId = (host: number, hour: number) => `019aa000-0000-7000-8000-0000000${host + 1}00${hour}0`;

/** Writes the rows as the owner. Of haswell, the first run failed and the second lost 10 samples in its 2nd attempt. */
export async function seedReadModel(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    for (const [host, facts] of fleet.entries()) await seedHost(client, host, facts);
  } finally {
    await client.end();
  }
}

async function seedHost(client: pg.Client, host: number, facts: SeedHost): Promise<void> {
  const { hostId, generation, virtualization, provenance, bootState, metrics } = facts;
  const executor = provenance === 'simulated' ? 'simulator' : 'stock-host';
  await client.query(`INSERT INTO hosts VALUES ($1, 'w1', '{}', $2, $3, 'hash', $4, $5, $6, $6)`, [
    hostId,
    JSON.stringify([{ executor, probes: [], provenance }]),
    bootState,
    generation,
    virtualization,
    hours[0],
  ]);
  await client.query(
    `INSERT INTO worker_presence (host_id, worker_id, seen_at, contract_version) VALUES ($1, 'w1', $2, $3)`,
    [hostId, hours[0], contractVersion],
  );
  for (const [hour, endedAt] of hours.entries()) {
    const failed = host === 0 && hour === 0;
    const lost = host === 0 && hour === 1 ? 10 : 0;
    const id = runId(host, hour);
    await client.query(
      `INSERT INTO runs (run_id, job_id, host_id, executor, probe, plan_index, replicate, state, attempt, provenance,
                         faults, ended_at, samples, lost)
       VALUES ($1, $2, $3, $11, $4, 0, $5, $6, 2, $7, 1000, $8, $9, $10)`,
      [
        id,
        jobId,
        hostId,
        probesWith(Object.keys(metrics)[0] as Metric)[0],
        hour,
        failed ? 'failed' : 'completed',
        provenance,
        endedAt,
        failed ? 0 : 1000 - lost,
        lost,
        executor,
      ],
    );
    for (const attempt of lost > 0 ? [1, 2] : []) {
      await client.query(`INSERT INTO run_gaps VALUES (gen_random_uuid(), $1, $2, 'record-gap', '', 1, $3, 0, 1, $4)`, [
        id,
        attempt,
        lost,
        endedAt,
      ]);
    }
    for (const [metric, quantiles] of Object.entries(metrics) as [Metric, Quantiles][]) {
      const [probe] = probesWith(metric);
      await client.query(
        `INSERT INTO hourly_results VALUES ($1, $2, $3, $4, $5, 1, 1000, $6, $7, $8, $9, '', $10, $11)`,
        [endedAt, generation, virtualization, provenance, metric, ...quantiles, probe, executor],
      );
      if (!failed) await seedResult(client, { id, probe, metric, executor, endedAt, facts, quantiles });
    }
  }
}

async function seedResult(
  client: pg.Client,
  run: {
    id: string;
    probe: string | undefined;
    metric: string;
    executor: string;
    endedAt: Date;
    facts: SeedHost;
    quantiles: Quantiles;
  },
): Promise<void> {
  const { hostId, generation, virtualization, provenance } = run.facts;
  const [p5, p50, p95, p99] = run.quantiles;
  await client.query(
    `INSERT INTO run_results (run_id, probe, metric, job_id, host_id, generation, virtualization, provenance, ended_at, samples,
       invalid, interrupted, min_cycles, p5_cycles, p25_cycles, p50_cycles, p75_cycles, p95_cycles, p99_cycles, max_cycles,
       mean_cycles, tsc_khz, histogram, executor)
     VALUES ($1, $13, $2, $3, $4, $5, $6, $7, $8, 1000, 0, 0, 1, $9, $9, $10, $11, $11, $12, 9999, $10, 2000000, '', $14)`,
    [
      run.id,
      run.metric,
      jobId,
      hostId,
      generation,
      virtualization,
      provenance,
      run.endedAt,
      p5,
      p50,
      p95,
      p99,
      run.probe,
      run.executor,
    ],
  );
}

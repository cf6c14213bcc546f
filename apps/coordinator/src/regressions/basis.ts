import { createHash } from 'node:crypto';
import type { FindingBasis } from '#contracts';
import type { PrismaClient } from '#event-store';
import { type Candidate, dateOf, dayOf } from './candidates.js';
import { baselineDays } from './finding-questions.js';

type Measured = Pick<Candidate['movement'], 'probe' | 'metric' | 'executor' | 'provenance' | 'hosts'>;

async function digestOf(db: PrismaClient, measured: Measured, from: string, to: string): Promise<string> {
  const { probe, metric, executor, provenance, hosts } = measured;
  const rows = await db.$queryRaw<object[]>`
    SELECT host_id, day::text, boot_state_hash, runs, samples::text, p50_cycles, level_cycles, run_sd FROM daily_series
     WHERE host_id = ANY(${[...hosts]}::text[]) AND probe = ${probe} AND metric = ${metric} AND executor = ${executor}
       AND provenance = ${provenance} AND day >= ${from}::timestamptz AND day < ${to}::timestamptz + interval '24 hours'
     ORDER BY host_id COLLATE "C", daily_series.day, boot_state_hash COLLATE "C"`;
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}

/** Fingerprint of the days that a change rests on: two weeks about it, but not today, which is not over. */
export async function basisOf(
  db: PrismaClient,
  measured: Measured & Pick<Candidate['movement'], 'fromDay' | 'toDay'>,
  today: number,
): Promise<FindingBasis> {
  const from = dateOf(dayOf(measured.fromDay) - baselineDays);
  const to = dateOf(Math.min(dayOf(measured.toDay) + baselineDays, today) - 1);
  return { from, to, digest: await digestOf(db, measured, from, to) };
}

/** Whether days that a finding rests on are not what they were: runs came late, or were derived again. */
export async function basisChanged(db: PrismaClient, measured: Measured, basis: FindingBasis): Promise<boolean> {
  return (await digestOf(db, measured, basis.from, basis.to)) !== basis.digest;
}

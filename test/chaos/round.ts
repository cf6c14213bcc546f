import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cancel, submit, untilRegistered } from './clients.js';
import { leftOver, type OwnEnd } from './daemon.js';
import type { FaultKind } from './fault-kinds.js';
import { Fleet } from './fleet.js';
import { guardOf, takeOutOfDatabase, type GuardName } from './guards.js';
import { heal, strike } from './harm.js';
import { chaosHosts, drawJobs, type PlannedJob } from './load.js';
import type { Finding } from './oracle/finding.js';
import { judge, type Verdict } from './oracle/judge.js';
import { readModelRebuilt } from './oracle/rebuilt.js';
import { Rows } from './oracle/rows.js';
import { drawSchedule, faultText, type Fault } from './schedule.js';
import { makeScratchCopy } from './scratch-copy.js';
import { untilSettled } from './settle.js';

export interface RoundOptions {
  root: string;
  seed: number;
  windowMs: number;
  /** How long everything may take to come to rest after the last fault. */
  quietMs: number;
  queue: 'postgres' | 'redis';
  coordinators: number;
  workers: number;
  hostsPerWorker: number;
  kinds?: readonly FaultKind[] | undefined;
  without?: GuardName | undefined;
  say: (line: string) => void;
}

export interface RoundReport {
  seed: number;
  queue: string;
  coordinators: number;
  workers: number;
  without: GuardName | null;
  faults: Fault[];
  /** Faults that could not strike, since something else was broken at the moment. */
  missed: string[];
  jobs: number;
  /** Processes that ended without being told to, and were started again. */
  ownEnds: OwnEnd[];
  /** From the last fault until all was at rest; null: it was not. */
  settledMs: number | null;
  checked: Verdict['checked'] & { tables: string[] };
  findings: Finding[];
  /** Kept when there are findings. */
  logs: string | null;
}

/** Longest wait for the fleet to come up, and for a submission to get through after the faults. */
const startLimitMs = 90_000;

async function submitAll(
  fleet: Fleet,
  jobs: readonly PlannedJob[],
  seed: number,
  signal: AbortSignal,
): Promise<string[]> {
  const began = performance.now();
  return Promise.all(
    jobs.map(async ({ atMs, spec, cancelAfterMs }, index) => {
      await pause(Math.max(0, atMs - (performance.now() - began)));
      const jobId = await submit(fleet, spec, `chaos-${seed}-${index}`, signal);
      if (cancelAfterMs !== null) {
        await pause(cancelAfterMs);
        await cancel(fleet, jobId, signal);
      }
      return jobId;
    }),
  );
}

/** Lets every fault strike at its time; ends when all are undone. @returns what could not strike. */
async function strikeAll(fleet: Fleet, faults: readonly Fault[], hostIds: readonly string[]): Promise<string[]> {
  const began = performance.now();
  const missed = await Promise.all(
    faults.map(async (fault) => {
      await pause(Math.max(0, fault.atMs - (performance.now() - began)));
      return strike(fleet, fault, hostIds);
    }),
  );
  return missed.filter((text) => text !== null);
}

async function examine(fleet: Fleet, accepted: readonly string[], options: RoundOptions, faults: readonly Fault[]) {
  const hosts = chaosHosts(options.workers, options.hostsPerWorker);
  const from = performance.now();
  await fleet.stopServing();
  options.say(`told to stop, all had ended after ${Math.round(performance.now() - from)} ms`);
  const { findings, checked } = await fleet.postgres.asAdmin((client) =>
    judge(new Rows(client), { accepted, hosts, faults }),
  );
  for (const { name, says } of fleet.wrongEnds) findings.push({ check: 'processes', about: name, says });
  const rebuild = await readModelRebuilt(fleet.postgres);
  findings.push(...rebuild.findings);
  return { findings, checked: { ...checked, tables: rebuild.tables } };
}

/** One fleet, one schedule of faults, one judgement. */
export async function playRound(options: RoundOptions): Promise<RoundReport> {
  const { root, seed, windowMs, quietMs, queue, coordinators, workers, without, say } = options;
  const guard = without === undefined ? undefined : guardOf(without);
  const faults = drawSchedule({ ...options, kinds: options.kinds ?? guard?.kinds });
  const hosts = chaosHosts(workers, options.hostsPerWorker);
  const hostIds = hosts.map(({ hostId }) => hostId);
  const jobs = drawJobs(seed, windowMs);
  say(`seed ${seed}, queue on ${queue}, ${coordinators} coordinators, ${workers} workers, ${jobs.length} jobs`);
  if (without !== undefined) say(`without ${without}: ${guard?.says}`);
  for (const fault of faults) say(faultText(fault));

  const folder = await mkdtemp(path.join(tmpdir(), 'xf-chaos-'));
  const copy = path.join(folder, 'copy');
  await makeScratchCopy(root, copy, guard?.patches ?? []);
  const fleet = await Fleet.start({ root, copy, folder, coordinators, workers, hosts, queue }, async (postgres) => {
    if (guard !== undefined) await takeOutOfDatabase(postgres, guard);
  });
  const endNow = (signal: NodeJS.Signals): void => {
    say(`${signal}: ending the fleet`);
    void fleet.end().finally(() => process.exit(130));
  };
  process.once('SIGINT', endNow).once('SIGTERM', endNow);
  let report: RoundReport;
  try {
    await untilRegistered(fleet, hosts.length, AbortSignal.timeout(startLimitMs));
    say('every host is registered; the faults begin');
    const submitted = submitAll(fleet, jobs, seed, AbortSignal.timeout(windowMs + startLimitMs));
    submitted.catch(() => undefined); // it is awaited when the faults are over
    const missed = await strikeAll(fleet, faults, hostIds);
    const leavePaused = faults.some(({ kind }) => kind === 'queue-left-paused');
    await heal(fleet, hostIds, leavePaused);
    const accepted = await submitted;
    say('the faults are over; waiting for every job to end');
    const settledMs = await untilSettled(fleet.postgres, quietMs);
    say(settledMs === null ? `not at rest after ${quietMs} ms` : `at rest after ${settledMs} ms; looking at the rows`);
    report = {
      ...{ seed, queue, coordinators, workers, without: without ?? null, faults, missed, jobs: jobs.length, settledMs },
      ownEnds: [...fleet.daemons.values()].flatMap((daemon) => daemon.ownEnds),
      ...(await examine(fleet, accepted, options, faults)),
      logs: folder,
    };
  } finally {
    await fleet.end();
    process.off('SIGINT', endNow).off('SIGTERM', endNow);
  }
  for (const says of leftOver()) report.findings.push({ check: 'processes', about: 'left over', says });
  await rm(copy, { recursive: true, force: true });
  if (report.findings.length === 0) {
    await rm(folder, { recursive: true, force: true });
    report.logs = null;
  }
  return report;
}

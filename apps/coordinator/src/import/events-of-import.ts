import {
  type AcceptedJobSpec,
  acceptedJobSpecSchema,
  deriveLabels,
  type ImportQuery,
  type PlannedRun,
} from '#contracts';
import { deterministicId, type NewEvent } from '#event-store';
import { decideAll, jobDecider, observed, runDecider, type RunCommand } from '#lifecycle';
import { importedBootState } from './boot-state.js';
import type { ReadRun } from './read-run.js';

/** Who wrote the events of an attempt that no worker made. */
const importer = 'import';

interface Step extends Pick<NewEvent, 'payload' | 'occurredAt'> {
  command: RunCommand;
}

/** Runs that one job can stand for: a job has one number of faults, and of warm-up ones. */
export interface ImportedJob {
  jobId: string;
  runs: ReadRun[];
}

/** A repeated import makes the same jobs of the same runs. */
export function jobsOf(runs: readonly ReadRun[]): ImportedJob[] {
  const groups = new Map<string, ReadRun[]>();
  for (const run of runs) {
    const key = `${run.faults} ${run.warmup}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((group) => ({
    jobId: deterministicId('import', ...group.map(({ runId }) => runId)),
    runs: group,
  }));
}

function planOf({ runs }: ImportedJob, hostId: string): PlannedRun[] {
  const replicates = new Map<string, number>();
  return runs.map(({ runId, probe }) => {
    const replicate = replicates.get(probe) ?? 0;
    replicates.set(probe, replicate + 1);
    return { runId, hostId, executor: 'import' as const, probe, replicate };
  });
}

function specOf({ runs }: ImportedJob, plan: readonly PlannedRun[], hostId: string): AcceptedJobSpec {
  return acceptedJobSpecSchema.parse({
    name: `kernel log of ${hostId}`,
    hosts: [hostId],
    probes: [...new Set(plan.map(({ probe }) => probe))],
    executor: 'import',
    faults: runs[0]?.faults,
    warmup: runs[0]?.warmup,
    runsPerHost: 1 + Math.max(...plan.map(({ replicate }) => replicate)),
    order: 'sequential',
    seed: 0,
  });
}

/** @param bodyHash SHA-256 of the log */
export function eventsOfJob(
  job: ImportedJob,
  hostId: string,
  bodyHash: string,
): { spec: AcceptedJobSpec; events: NewEvent[] } {
  const plan = planOf(job, hostId);
  const spec = specOf(job, plan, hostId);
  const { jobId } = job;
  const decided = jobDecider.decide({ type: 'submit', jobId, spec, plan, bodyHash }, jobDecider.initial);
  return { spec, events: decided.map((event) => ({ event, eventId: deterministicId(jobId, event.type) })) };
}

/** A run from its queueing to its end, decided by the decider that live runs are decided by, on one attempt. */
export function eventsOfRun(
  run: ReadRun,
  job: { jobId: string; spec: AcceptedJobSpec; replicate: number },
  said: ImportQuery,
) {
  const { runId, nonce, probe, faults, warmup, place } = run;
  const { jobId, replicate, spec } = job;
  const { timeoutMs, priority, seed } = spec;
  const hostId = said.host;
  const bootState = observed(importedBootState(place.boot, said));
  const request = { runId, jobId, hostId, attempt: 1, executor: 'import' as const, probe, replicate, faults, warmup };
  const labels = deriveLabels(hostId, said.label, bootState.bootState, 'imported');
  const { bootStateHash } = bootState;
  const at = (time: string | null) => (time === null ? {} : { occurredAt: new Date(time) });
  const first = at(said.occurredAt ?? place.firstAt);
  const last = at(said.occurredAt ?? place.lastAt);
  const start = { workerId: importer, nonce, provenance: 'imported' as const, bootId: null, labels, bootStateHash };
  const steps: Step[] = [
    { command: { type: 'queue', request: { ...request, timeoutMs, priority, seed } }, ...first },
    { command: { type: 'start', attempt: 1, data: start }, ...first },
    ...run.commands.map((command) => ({ ...command, ...last })),
  ];
  const { decided } = decideAll(runDecider, runDecider.initial, steps);
  const events = decided.map(({ event, step: { command: _, ...rest } }, index): NewEvent => {
    return { event, eventId: deterministicId(runId, String(index)), ...rest };
  });
  return { bootState, events };
}

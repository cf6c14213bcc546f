import { type JobPreview, jobPreviewSchema, type JobSpec } from '#contracts';
import { newId, type PrismaClient } from '#event-store';
import { jobSeed } from '#lifecycle';
import { skippedView } from '../projections/jobs.table.js';
import { willWaitFor } from './hosts-waited-for.js';
import { planned } from './submit-job.js';

/** Hosts that are named. */
const named = 10;

/** What a job would run, were it submitted now. Nothing is appended. @throws ProblemError 422 as submitting it would */
export async function previewJob(db: PrismaClient, asked: JobSpec): Promise<JobPreview> {
  const jobId = newId();
  const spec = { ...asked, seed: asked.seed ?? jobSeed(jobId) };
  const { hosts, skipped, runs } = await planned(db, spec, jobId);
  const capabilities = new Map(hosts.map((host) => [host.hostId, host.capabilities]));
  const lines = new Map<string, JobPreview['lines'][number] & { of: Set<string> }>();
  for (const { hostId, executor, probe, guest = null } of runs) {
    const provenance = capabilities.get(hostId)?.find((one) => one.executor === executor)?.provenance ?? 'unknown';
    const key = JSON.stringify([executor, probe, provenance, guest]);
    const line = lines.get(key) ?? { executor, probe, provenance, guest, hosts: 0, runs: 0, of: new Set<string>() };
    line.runs += 1;
    line.of.add(hostId);
    lines.set(key, line);
  }
  const used = [...new Set(runs.map(({ hostId }) => hostId))];
  return jobPreviewSchema.parse({
    hosts: used.length,
    runs: runs.length,
    crossings: runs.length * spec.faults,
    hostIds: used.slice(0, named),
    skipped: skipped.map(skippedView),
    waitsFor: willWaitFor(runs, hosts),
    lines: [...lines.values()].map(({ of, ...line }) => ({ ...line, hosts: of.size })),
  });
}

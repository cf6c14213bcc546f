import { createHash } from 'node:crypto';
import { type Cause, executorOf, type ImportedRun, type ImportQuery, type ImportReply, limits } from '#contracts';
import { type BootLines, createBootLineReader, type FoundRun } from '#dmesg';
import type { PrismaClient } from '#event-store';
import { invalidInput, refused, refusedAll } from '../problems/problem.js';
import { checkKnownHost } from './known-host.js';
import { NotImportable, type ReadRun, readRun } from './read-run.js';
import { type Stored, storeRuns } from './store-runs.js';
import { type LogSurvey, surveyLog } from './survey-log.js';

const runsListed = 20;

function chosen(survey: LogSurvey, nonce: string | undefined): FoundRun[] {
  const { runs, more, markedLines, colouredLines, otherVersions } = survey;
  const fault = (message: string, remedy: string) => refused({ field: 'body', message, remedy });
  if (runs.length === 0) {
    if (colouredLines > 0)
      throw fault(
        `terminal colours stand inside its ${markedLines} marked lines`,
        'take it again: dmesg --color=never',
      );
    if (otherVersions.length > 0)
      throw fault(`it has lines of contract version ${otherVersions.join(', ')}`, 'this release reads version 1');
    if (markedLines > 0)
      throw fault(
        `of its ${markedLines} marked lines none has a right checksum`,
        'take it again: lines were cut or changed on their way',
      );
    throw fault(
      'no line of a run stands in it: no "xperf: magic=0x19940619 v=1 run=…"',
      'take the log soon after the run, as text and not compressed: dmesg, journalctl -k, a serial console',
    );
  }
  if (nonce !== undefined) {
    const run = runs.find((one) => one.nonce === nonce);
    if (run !== undefined) return [run];
    const has = runs.slice(0, runsListed).map((one) => one.nonce);
    const remedy = `it has ${has.join(', ')}${runs.length > runsListed ? ' …' : ''}`;
    throw refused({ field: 'nonce', message: `the log has no good line of run ${nonce}`, remedy });
  }
  if (more || runs.length > limits.runsPerImport)
    throw fault(
      `it holds more than ${limits.runsPerImport} runs`,
      'import one of them by its nonce, or cut the log into parts',
    );
  return runs;
}

const bare = { samples: 0, lost: 0, rejected: 0, damagedLines: 0, faults: 0 } as const;

function notStored({ nonce, probe }: Pick<FoundRun, 'nonce' | 'probe'>, reason: string, remedy: string): ImportedRun {
  return { nonce, probe, outcome: 'refused', runId: null, jobId: null, ...bare, reason, remedy };
}

function viewOf(run: ReadRun, stored: Stored | undefined): ImportedRun {
  const { runId, nonce, probe, faults, samples, lost, rejected, damagedLines } = run;
  if (stored === undefined) throw new Error(`nothing became of run ${runId}`);
  if (stored.outcome !== 'refused')
    return {
      ...{ nonce, probe, runId, faults, samples, lost, rejected, damagedLines },
      ...{ outcome: stored.outcome, jobId: stored.jobId, reason: null, remedy: null },
    };
  const { twin } = stored;
  const how =
    executorOf(twin.executor).host === 'none' ? 'imported before' : `measured by this fleet's ${twin.executor}`;
  return notStored(
    run,
    `run ${nonce} of this host was ${how}, as ${twin.runId}, with ${twin.samples} samples; this log has ${samples} of it`,
    'nothing to do: a run counts once. Another run needs another nonce (xperf --run)',
  );
}

function notesOf(runs: readonly ReadRun[], { occurredAt, kernel, tscKhz }: ImportQuery): string[] {
  const lacks = (given: unknown, known: (boot: BootLines) => unknown) =>
    given === undefined && runs.some(({ place }) => known(place.boot) === null);
  return [
    ...(occurredAt === undefined && runs.some(({ place }) => place.firstAt === null)
      ? ['the log does not say when it was taken: its runs stand at the time of the import (occurredAt, --occurred-at)']
      : []),
    ...(lacks(tscKhz, (boot) => boot.tscKhz)
      ? ['the TSC’s rate is not known: no nanoseconds (tscKhz, --tsc-khz)']
      : []),
    ...(lacks(kernel, (boot) => boot.kernelRelease) ? ['the kernel’s release is not known (kernel, --kernel)'] : []),
  ];
}

/**
 * Makes runs of a kernel log, through the same events as a worker's. The same run again changes nothing, whatever log it
 * stands in.
 *
 * @throws ProblemError 400, 422 when no run can be made of it: for each run, why
 */
export async function importLog(
  db: PrismaClient,
  log: Uint8Array,
  said: ImportQuery,
  cause: Cause,
): Promise<ImportReply> {
  if (said.occurredAt !== undefined && Date.parse(said.occurredAt) > Date.now())
    throw invalidInput([{ field: 'occurredAt', message: 'lies in the future', remedy: 'give the time of the run' }]);
  if (!said.newHost) await checkKnownHost(db, said.host);
  const survey = await surveyLog(log);
  const everywhere = { from: 0, to: log.length, boot: createBootLineReader().found };
  const read: ReadRun[] = [];
  const views = new Map<string, ImportedRun>();
  for (const found of chosen(survey, said.nonce)) {
    const place = survey.places.get(found.nonce) ?? { ...everywhere, firstAt: null, lastAt: null, durationMs: null };
    try {
      read.push(await readRun(log, found, place));
    } catch (error) {
      if (!(error instanceof NotImportable)) throw error;
      views.set(found.nonce, notStored(found, error.message, error.remedy));
    }
  }
  const logHash = createHash('sha256').update(log).digest('hex');
  const stored =
    read.length === 0 ? new Map<string, Stored>() : await storeRuns(db, { runs: read, said, logHash, cause });
  for (const run of read) views.set(run.nonce, viewOf(run, stored.get(run.runId)));
  const runs = [...views.values()];
  if (runs.every(({ outcome }) => outcome === 'refused'))
    throw refusedAll(
      runs.slice(0, runsListed).map(({ reason, remedy }) => ({
        ...{ field: 'body', message: reason ?? 'no run can be made of it' },
        remedy: remedy ?? 'take the log again',
      })),
    );
  const added = read.filter(({ nonce }) => views.get(nonce)?.outcome === 'imported');
  return { host: said.host, bytes: log.length, runs, notes: notesOf(added, said) };
}

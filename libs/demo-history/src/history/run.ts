import { deflateSync, constants } from 'node:zlib';
import { deriveLabels, metricsOfProbe, type Probe, type RunEvent } from '#contracts';
import { createLogReader, type GapItem, parserVersion, type SamplesItem } from '#dmesg';
import { type NoiseConditions, seedOf, simulateRun } from '#entry-sim';
import type { NewEvent } from '#event-store';
import { decideAll, runDecider, type RunCommand, type RunRequest } from '#lifecycle';
import { encodeSamples, type SampleColumns } from '#samples';
import { demoId } from '../ids.js';
import { type Fate, samplesPerLine } from './fate.js';
import type { Boot } from './host-course.js';

export const demoWorker = 'demo';

interface RunToWrite {
  request: RunRequest;
  boot: Boot;
  conditions: NoiseConditions;
  fate: Fate;
  queuedAt: Date;
  startedAt: Date;
}

const durationMs = 2_400;
/** After so long a silent worker's attempt is given up (LEASE_MS). */
const leaseMs = 30_000;

interface Step {
  command: RunCommand;
  occurredAt: Date;
  payload?: NewEvent['payload'];
}

/** The log of a run, without the lines that its fate takes away. */
function logOf({ request, boot, conditions, fate }: RunToWrite, nonce: string): Buffer {
  const { probe, faults, warmup, seed } = request;
  const options = { machine: boot.machine, probe, faults, warmup, nonce, seed, batch: samplesPerLine, conditions };
  const text = [...simulateRun(options)].join('');
  if (fate.kind !== 'lost-records' && fate.kind !== 'cut-line') return Buffer.from(text, 'latin1');
  const lines = text.split('\n');
  const from = 1 + fate.firstLine;
  const hit = lines.slice(from, from + fate.lines);
  const left = fate.kind === 'cut-line' ? hit.map((line) => line.slice(0, Math.floor(line.length / 2))) : [];
  lines.splice(from, fate.lines, ...left);
  return Buffer.from(lines.join('\n'), 'latin1');
}

/** All samples of a log as one batch: one CPU, at most as many as an event carries. */
function joined(items: readonly SamplesItem[], probe: Probe, cpu: number): SampleColumns {
  const count = items.reduce((sum, { seq }) => sum + seq.length, 0);
  const column = (pick: (item: SamplesItem) => Int32Array | undefined): Int32Array => {
    const values = new Int32Array(count);
    let filled = 0;
    for (const item of items) {
      values.set(pick(item) ?? [], filled);
      filled += item.seq.length;
    }
    return values;
  };
  return {
    cpu,
    seq: column(({ seq }) => seq),
    columns: Object.fromEntries(
      metricsOfProbe(probe).map((metric) => [metric, column(({ columns }) => columns[metric])]),
    ),
    interrupted: Uint8Array.from(items.flatMap((item) => [...item.interrupted])),
  };
}

/** What a worker would record of the run's log: read by the very parser, gaps and all. */
function measured(run: RunToWrite, attempt: number, nonce: string, endedAt: Date): Step[] {
  const { probe, faults } = run.request;
  const raw = logOf(run, nonce);
  const reader = createLogReader({ nonce, probe });
  const items = [...reader.push(raw), ...reader.end()];
  const { lost, rejected, damagedLines, overheadCycles } = reader.accounting();
  const samples = joined(
    items.filter((item): item is SamplesItem => item.kind === 'samples'),
    probe,
    run.boot.machine.cpus - 1,
  );
  const recorded: Step = {
    command: {
      type: 'record',
      attempt,
      data: {
        ...{ probe, metrics: [...metricsOfProbe(probe)], cpu: samples.cpu, samples: samples.seq.length },
        interrupted: samples.interrupted.reduce((sum, flag) => sum + flag, 0),
        firstSeq: samples.seq[0] ?? null,
        lastSeq: samples.seq.at(-1) ?? null,
        ...{ rawFrom: 0, rawTo: raw.length },
      },
    },
    occurredAt: endedAt,
    payload: { samples: encodeSamples(samples), raw: deflateSync(raw, { level: constants.Z_BEST_SPEED }) },
  };
  const gaps = items
    .filter((item): item is GapItem => item.kind === 'gap')
    .map(({ reason, detail, lostRecords, lostSamples, rawFrom, rawTo }): Step => {
      const data = { reason, detail, lostRecords, lostSamples, rawFrom, rawTo };
      return { command: { type: 'observeGap', attempt, data }, occurredAt: endedAt };
    });
  const data = {
    faults,
    lost,
    rejected,
    damagedLines,
    rawBytes: raw.length,
    overheadCycles,
    durationMs,
    parserVersion,
  };
  return [recorded, ...gaps, { command: { type: 'complete', attempt, data }, occurredAt: endedAt }];
}

function stepsOfAttempt(run: RunToWrite, attempt: number, startedAt: Date): Step[] {
  const { request, boot, fate } = run;
  const { hostId, seed } = request;
  const nonce = seedOf('nonce', seed, attempt).toString(16).padStart(8, '0');
  const start: Step = {
    command: {
      type: 'start',
      attempt,
      data: {
        ...{ workerId: demoWorker, nonce, provenance: 'simulated', pinnedCpu: null, bootId: boot.bootId },
        labels: { ...deriveLabels(hostId, boot.description.labels, boot.bootState, 'simulated') },
        bootStateHash: boot.bootStateHash,
      },
    },
    occurredAt: startedAt,
  };
  if (fate.kind === 'lapsed' && attempt <= fate.attempts) {
    const lapsedAt = new Date(startedAt.getTime() + leaseMs);
    return [start, { command: { type: 'expire', attempt, cancelled: false }, occurredAt: lapsedAt }];
  }
  const endedAt = new Date(startedAt.getTime() + durationMs);
  if (fate.kind !== 'failed') return [start, ...measured(run, attempt, nonce, endedAt)];
  return [start, { command: { type: 'fail', attempt, failure: fate.failure, parserVersion }, occurredAt: endedAt }];
}

/** Everything that happened to a run, in the order of its stream, decided by the deciders that a fleet decides by. */
export function eventsOfRun(run: RunToWrite): { events: NewEvent[]; state: 'completed' | 'failed' | 'abandoned' } {
  const attempts = run.fate.kind === 'lapsed' ? Math.min(3, run.fate.attempts + 1) : 1;
  const steps: Step[] = [{ command: { type: 'queue', request: run.request }, occurredAt: run.queuedAt }];
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const startedAt = new Date(run.startedAt.getTime() + (attempt - 1) * (leaseMs + 1_000));
    steps.push(...stepsOfAttempt(run, attempt, startedAt));
  }
  const { state, decided } = decideAll(runDecider, runDecider.initial, steps);
  const events = decided.map(({ event, step: { occurredAt, payload } }, index): NewEvent => ({
    ...{ event, occurredAt, eventId: demoId(run.request.runId, index) },
    ...(payload !== undefined && carries(event) ? { payload } : {}),
  }));
  if (state.state !== 'completed' && state.state !== 'failed' && state.state !== 'abandoned')
    throw new Error(`run ${run.request.runId} of the demo has not ended: ${state.state}`);
  return { events, state: state.state };
}

const carries = ({ type }: RunEvent): boolean => type === 'CrossingSamplesRecorded';

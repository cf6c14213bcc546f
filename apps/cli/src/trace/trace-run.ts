import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import {
  type EventView,
  eventViewSchema,
  findingsSchema,
  type FindingView,
  type Metric,
  metricsOfProbe,
  pageOf,
  type RunDetail,
  type RunResult,
  runNonceSchema,
} from '#contracts';
import { parserVersion, type SamplesItem } from '#dmesg';
import { CliError } from '../cli-error.js';
import { allPages } from '../client/all-pages.js';
import type { ApiClient } from '../client/api-client.js';
import { readRun, type RunReading } from '../commands/log/read-run.js';
import { exitCodes } from '../exit-codes.js';
import { type RunLog, sampleOf, samplesAt, type TracedFigure, tracedFigures, type TracedSample } from './trace-log.js';

export interface TraceOptions {
  metric?: Metric;
  figure: TracedFigure;
  /** A sample instead of a figure. */
  seq?: number;
}

/** A figure as it is stored, and as the log's bytes give it, cycles. */
export interface CheckedFigure {
  metric: Metric;
  figure: SummaryFigure;
  stored: number | null;
  fromBytes: number | null;
}

type Named = Pick<EventView, 'eventId' | 'stream' | 'version' | 'type' | 'recordedAt'>;

export interface Trace {
  run: Pick<RunDetail, 'runId' | 'jobId' | 'hostId' | 'attempt' | 'provenance' | 'probe' | 'bootStateHash'>;
  log: { bytes: number; sha256: string; nonce: string };
  parser: { stored: number | null; here: number };
  reading: Pick<RunReading, 'announced' | 'samples' | 'lost' | 'rejected'>;
  /** Every figure of the run, computed again. */
  figures: CheckedFigure[];
  traced: {
    metric: Metric;
    /** Null of a sample that was asked for by its number. */
    figure: TracedFigure | null;
    cycles: number;
    nanoseconds: number | null;
    samples: (TracedSample & { event: Named | null })[];
  };
  /** What gave the stored figures: the run's end, or its log read again by a later parser. */
  figuresEvent: Named | null;
  /** Findings of the host in this metric, whatever became of them. */
  findings: Pick<FindingView, 'findingId' | 'state' | 'kind' | 'ratio' | 'fromDay' | 'toDay'>[];
}

const startSchema = z.looseObject({ attempt: z.int(), nonce: runNonceSchema });
const rangeSchema = z.looseObject({ attempt: z.int(), rawFrom: z.int(), rawTo: z.int() });
const summaryFigures = [...tracedFigures, 'mean'] as const;
type SummaryFigure = (typeof summaryFigures)[number];

const named = ({ eventId, stream, version, type, recordedAt }: EventView): Named => ({
  ...{ eventId, stream, version, type, recordedAt },
});

async function eventsOf(client: ApiClient, runId: string): Promise<EventView[]> {
  const query = { stream: `run-${runId}`, order: 'oldest' };
  const events: EventView[] = [];
  const pages = allPages(({ limit, cursor }) =>
    client.ask('/v1/events', pageOf(eventViewSchema), { query: { ...query, limit, after: cursor } }),
  );
  for await (const event of pages) events.push(event);
  return events;
}

function nonceOf(events: readonly EventView[], attempt: number): string {
  for (const { type, data } of events) {
    const started = type === 'RunStarted' ? startSchema.safeParse(data) : undefined;
    if (started?.success === true && started.data.attempt === attempt) return started.data.nonce;
  }
  throw new CliError(
    `no event says that attempt ${attempt} was started`,
    'the coordinator’s log says what it could not read',
    exitCodes.coordinator,
  );
}

/** The event that the bytes from here on are stored with. */
function recordedBy(events: readonly EventView[], attempt: number, rawFrom: number): Named | null {
  const event = events.find(({ type, data }) => {
    const range = type === 'CrossingSamplesRecorded' ? rangeSchema.safeParse(data) : undefined;
    return (
      range?.success === true &&
      range.data.attempt === attempt &&
      range.data.rawFrom <= rawFrom &&
      rawFrom < range.data.rawTo
    );
  });
  return event === undefined ? null : named(event);
}

function checked(run: RunDetail, reading: RunReading): CheckedFigure[] {
  return metricsOfProbe(run.probe).flatMap((metric) => {
    const result = run.results.find((one) => one.metric === metric);
    const read = reading.figures?.find((one) => one.metric === metric);
    if (result === undefined && read === undefined) return [];
    return summaryFigures.map((figure) => ({
      ...{ metric, figure, stored: result?.[`${figure}Cycles`] ?? null, fromBytes: read?.[figure] ?? null },
    }));
  });
}

/** As one number prints: a mean of other digits in its last place is no other figure. */
export const agrees = ({ stored, fromBytes }: CheckedFigure): boolean =>
  stored !== null && fromBytes !== null && Math.abs(stored - fromBytes) <= 1e-9 * Math.abs(stored);

async function findingsOf(client: ApiClient, { hostId: host }: RunDetail, metric: Metric): Promise<Trace['findings']> {
  const found: Trace['findings'] = [];
  const pages = allPages((page) =>
    client.ask('/v1/regressions', findingsSchema, { query: { host, state: 'all', ...page } }),
  );
  for await (const { metric: shown, alsoIn, findingId, state, kind, ratio, fromDay, toDay } of pages)
    if (shown === metric || alsoIn.some((one) => one.metric === metric))
      found.push({ findingId, state, kind, ratio, fromDay, toDay });
  return found;
}

/** The figures of the metric asked for, or of the first that the probe has. */
function chosenResult({ probe, results, runId }: RunDetail, asked: Metric | undefined): RunResult {
  const there = metricsOfProbe(probe).flatMap((metric) => results.find((result) => result.metric === metric) ?? []);
  const chosen = asked === undefined ? there[0] : there.find(({ metric }) => metric === asked);
  if (chosen !== undefined) return chosen;
  throw new CliError(
    `run ${runId} has ${asked === undefined ? 'no figures' : `no figures of ${asked}`}`,
    there.length === 0
      ? `xf runs ${runId} shows its state`
      : `it has ${there.map(({ metric }) => metric).join(' and ')}`,
    exitCodes.refused,
  );
}

function tracedSamples(log: RunLog, items: readonly SamplesItem[], result: RunResult, { seq, figure }: TraceOptions) {
  const { metric } = result;
  if (seq === undefined) {
    const cycles = result[`${figure}Cycles`];
    return { figure, cycles, samples: samplesAt(log, items, metric, cycles) };
  }
  const sample = sampleOf(log, items, metric, seq);
  if (sample !== undefined) return { figure: null, cycles: sample.cycles, samples: [sample] };
  const last = items.at(-1)?.seq.at(-1);
  throw new CliError(
    `the log has no sample ${seq} with a value in ${metric}`,
    last === undefined ? 'it has none at all' : `its samples are numbered from 0 to ${last}; some may be lost`,
    exitCodes.refused,
  );
}

/**
 * Follows a figure of a run to the bytes that it comes from, and every figure from the bytes: the log is read here, by the same parser as
 * a worker's. Holds the log in memory.
 */
export async function traceRun(client: ApiClient, runId: string, options: TraceOptions): Promise<Trace> {
  const run = await client.run(runId);
  const result = chosenResult(run, options.metric);
  const { metric } = result;
  const { jobId, hostId, attempt, provenance, probe, bootStateHash } = run;
  const [events, bytes, findings] = await Promise.all([
    eventsOf(client, runId),
    client.rawLog(runId).then(({ body }) => buffer(body)),
    findingsOf(client, run, metric),
  ]);
  const log: RunLog = { bytes, nonce: nonceOf(events, attempt), probe };
  const items: SamplesItem[] = [];
  const found = { nonce: log.nonce, probe, announced: run.faults };
  const reading = await readRun(Readable.from([bytes]), found, (item) => items.push(item));
  const { announced, samples, lost, rejected } = reading;
  const traced = tracedSamples(log, items, result, options);
  const khz = result.p50Ns === null ? null : (result.p50Cycles / result.p50Ns) * 1e6;
  const gaveFigures = events.filter(({ type }) => type === 'RunCompleted' || type === 'RunRederived').at(-1);
  return {
    run: { runId, jobId, hostId, attempt, provenance, probe, bootStateHash },
    log: { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), nonce: log.nonce },
    parser: { stored: run.parserVersion, here: parserVersion },
    reading: { announced, samples, lost, rejected },
    figures: checked(run, reading),
    traced: {
      metric,
      figure: traced.figure,
      cycles: traced.cycles,
      nanoseconds: khz === null ? null : (traced.cycles / khz) * 1e6,
      samples: traced.samples.map((sample) => ({
        ...sample,
        event: recordedBy(events, attempt, sample.line.rawFrom),
      })),
    },
    figuresEvent: gaveFigures === undefined ? null : named(gaveFigures),
    findings,
  };
}

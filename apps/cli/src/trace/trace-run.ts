import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
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
import { parserVersion } from '#dmesg';
import type { Summary } from '#stats';
import { CliError } from '../cli-error.js';
import { allPages } from '../client/all-pages.js';
import type { ApiClient } from '../client/api-client.js';
import { readRun, type RunReading } from '../commands/log/read-run.js';
import { exitCodes } from '../exit-codes.js';
import { type RunLog, sampleOf, samplesAt, samplesOf, type TracedFigure, type TracedSample } from './trace-log.js';

export interface TraceOptions {
  metric?: Metric;
  figure: TracedFigure;
  /** A sample instead of a figure. */
  seq?: number;
}

/** A figure as it is stored, and as the log's bytes give it, cycles. */
export interface CheckedFigure {
  metric: Metric;
  figure: keyof Summary;
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
const summaryFigures = ['min', 'p5', 'p25', 'p50', 'p75', 'p95', 'p99', 'max', 'mean'] as const;

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

const storedFigure = (result: RunResult | undefined, figure: keyof Summary): number | null =>
  result === undefined ? null : (z.number().safeParse(Reflect.get(result, `${figure}Cycles`)).data ?? null);

function checked(run: RunDetail, reading: RunReading): CheckedFigure[] {
  return metricsOfProbe(run.probe).flatMap((metric) => {
    const result = run.results.find((one) => one.metric === metric);
    const read = reading.figures?.find((one) => one.metric === metric);
    if (result === undefined && read === undefined) return [];
    return summaryFigures.map((figure) => ({
      ...{ metric, figure, stored: storedFigure(result, figure), fromBytes: read?.[figure] ?? null },
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

function chosenMetric({ probe, results, runId }: RunDetail, asked: Metric | undefined): Metric {
  const metrics = metricsOfProbe(probe).filter((metric) => results.some((result) => result.metric === metric));
  const [first] = metrics;
  if (asked === undefined && first !== undefined) return first;
  if (asked !== undefined && metrics.includes(asked)) return asked;
  throw new CliError(
    `run ${runId} has ${asked === undefined ? 'no figures' : `no figures of ${asked}`}`,
    metrics.length === 0 ? `xf runs ${runId} shows its state` : `it has ${metrics.join(' and ')}`,
    exitCodes.refused,
  );
}

function tracedSamples(log: RunLog, metric: Metric, { seq, figure }: TraceOptions, cyclesOf: () => number | null) {
  const items = samplesOf(log);
  if (seq === undefined) {
    const cycles = cyclesOf();
    return { figure, cycles, samples: cycles === null ? [] : samplesAt(log, items, metric, cycles) };
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
  const metric = chosenMetric(run, options.metric);
  const { jobId, hostId, attempt, provenance, probe, bootStateHash } = run;
  const [events, bytes, findings] = await Promise.all([
    eventsOf(client, runId),
    client.rawLog(runId).then(({ body }) => buffer(body)),
    findingsOf(client, run, metric),
  ]);
  const log: RunLog = { bytes, nonce: nonceOf(events, attempt), probe };
  const whole = (async function* () {
    yield await Promise.resolve(bytes);
  })();
  const reading = await readRun(whole, { nonce: log.nonce, probe, announced: run.faults });
  const { announced, samples, lost, rejected } = reading;
  const result = run.results.find((one) => one.metric === metric);
  const traced = tracedSamples(log, metric, options, () => storedFigure(result, options.figure));
  const khz = typeof result?.p50Ns === 'number' ? (result.p50Cycles / result.p50Ns) * 1e6 : null;
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
      cycles: traced.cycles ?? 0,
      nanoseconds: khz === null || traced.cycles === null ? null : (traced.cycles / khz) * 1e6,
      samples: traced.samples.map((sample) => ({
        ...sample,
        event: recordedBy(events, attempt, sample.line.rawFrom),
      })),
    },
    figuresEvent: gaveFigures === undefined ? null : named(gaveFigures),
    findings,
  };
}

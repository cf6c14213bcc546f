import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import * as z from 'zod';
import {
  type Annotation,
  annotationSchema,
  type Cause,
  type HistogramView,
  histogramViewSchema,
  type Metric,
  metricSchema,
  type Page,
  pageOf,
  probeSchema,
  type RecordedEvent,
  type RunDetail,
  runDetailSchema,
  type RunView,
  runViewSchema,
  uuidSchema,
} from '#contracts';
import { handle, type PrismaClient } from '#event-store';
import { annotationDecider, FieldRefused } from '#lifecycle';
import { mediaTypeOf, type SampleFormat } from '#samples';
import { ApiRoute } from '../http/api-route.js';
import { RequestCause } from '../http/request-context.js';
import { conflict, refused } from '../problems/problem.js';
import { DATABASE } from '../tokens.js';
import { viewFolded } from '../view-folded.js';
import { rawLog, sampleText } from './export-samples.js';
import { runHistogram } from './run-histogram.js';
import { findRun, listRuns, type RunListQuery, runListQuerySchema, runRow } from './run-queries.js';

const samplesQuerySchema = z.strictObject({ format: z.enum(['ndjson', 'csv']).optional() });
const histogramQuerySchema = z.strictObject({ metric: metricSchema });
const noQuerySchema = z.strictObject({});
const unknownRun = { 400: 'runId is not a UUID, or a parameter of the query is wrong', 404: 'no such run' };

function notCompleted(runId: string, state: string) {
  return conflict('run-not-completed', 'The run has no samples', {
    field: 'runId',
    message: `run ${runId} is ${state}; only completed runs have samples`,
    remedy: 'wait until the run is completed; GET /v1/runs/:runId shows its state and failure, …/raw what was captured',
  });
}

/** As they stand in their own stream, whatever of the run the read model has. */
function annotationsOf(events: readonly RecordedEvent[]) {
  return events.flatMap(({ type, data, meta }) =>
    type === 'RunAnnotated' ? [{ ...data, by: meta.actor, at: meta.occurredAt.toISOString() }] : [],
  );
}

/** Streams text or bytes under a file name that says what the figures are. One piece is made ahead at most. */
function download(pieces: AsyncIterable<string | Uint8Array>, type: string, name: string): StreamableFile {
  const stream = Readable.from(pieces, { objectMode: true, highWaterMark: 1 });
  return new StreamableFile(stream, { type, disposition: `attachment; filename="${name}"` });
}

@ApiTags('runs')
@Controller('v1/runs')
export class RunsController {
  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  @Get()
  @ApiRoute({
    summary: 'List runs',
    description: 'Of one job in the order of its plan; of all jobs open ones first, then the newest.',
    access: 'read',
    reply: pageOf(runViewSchema),
    problems: {
      400: 'a parameter of the query is wrong',
      404: 'no such job',
      422: 'no such host or submitter, or a name or value of the selector is unknown',
    },
  })
  list(@Query({ schema: runListQuerySchema }) query: RunListQuery): Promise<Page<RunView>> {
    return listRuns(this.db, query);
  }

  @Get(':runId')
  @ApiRoute({
    summary: 'Read a run with its losses, annotations and boot state',
    access: 'read',
    reply: runDetailSchema,
    problems: unknownRun,
  })
  async read(@Param('runId', { schema: uuidSchema }) runId: string): Promise<RunDetail> {
    const [run, annotations] = await Promise.all([
      findRun(this.db, runId),
      viewFolded(this.db, annotationDecider.stream(runId), annotationsOf),
    ]);
    return runDetailSchema.parse({ ...run, annotations: annotations ?? [] });
  }

  @Post(':runId/annotations')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Put a note or labels on a run',
    description: 'At any time; it disturbs no attempt, and repeating it changes nothing. Replies with the run.',
    access: 'submit',
    reply: runDetailSchema,
    problems: {
      ...{ 400: 'a field of the body is wrong', 404: 'no such run', 415: 'the body is not JSON' },
      422: 'the run has as many notes or labels as there is room for',
    },
  })
  async annotate(
    @Param('runId', { schema: uuidSchema }) runId: string,
    @Body({ schema: annotationSchema }) annotation: Annotation,
    @RequestCause() cause: Cause,
  ): Promise<RunDetail> {
    await runRow(this.db, runId);
    try {
      await handle(this.db, annotationDecider, runId, { type: 'annotate', runId, ...annotation }, { cause });
    } catch (error) {
      if (error instanceof FieldRefused) throw refused(error);
      throw error;
    }
    return this.read(runId);
  }

  @Get(':runId/samples')
  @ApiRoute({
    summary: "Export a run's samples",
    description:
      'NDJSON by default; CSV by `format=csv` or `Accept: text/csv`. X-Provenance says what the figures are.',
    access: 'read',
    produces: Object.values(mediaTypeOf),
    problems: { ...unknownRun, 409: 'the run has not completed' },
  })
  async samples(
    @Param('runId', { schema: uuidSchema }) runId: string,
    @Query({ schema: samplesQuerySchema }) query: z.infer<typeof samplesQuerySchema>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    const run = await runRow(this.db, runId);
    if (run.state !== 'completed' || run.provenance === null) throw notCompleted(runId, run.state);
    const format: SampleFormat =
      query.format ?? (response.req.accepts(Object.values(mediaTypeOf)) === mediaTypeOf.csv ? 'csv' : 'ndjson');
    response.set('X-Provenance', run.provenance).vary('Accept');
    const { attempt, samples, samples_version: samplesVersion } = run;
    const exported = { runId, attempt, samplesVersion, samples, probe: probeSchema.parse(run.probe) };
    const text = sampleText(this.db, exported, format);
    return download(text, mediaTypeOf[format], `run-${runId}-${run.provenance}.${format}`);
  }

  @Get(':runId/raw')
  @ApiRoute({
    summary: 'The captured kernel-log bytes',
    description: 'Of the newest attempt, exactly as they were read.',
    access: 'read',
    produces: ['application/octet-stream'],
    problems: unknownRun,
  })
  async raw(
    @Param('runId', { schema: uuidSchema }) runId: string,
    @Query({ schema: noQuerySchema }) _: object,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    const run = await runRow(this.db, runId);
    if (run.provenance !== null) response.set('X-Provenance', run.provenance);
    const name = `run-${runId}-attempt-${run.attempt}-${run.provenance ?? 'not-started'}.log`;
    return download(rawLog(this.db, runId, run.attempt), 'application/octet-stream', name);
  }

  @Get(':runId/histogram')
  @ApiRoute({
    summary: "Histogram of one of a run's metrics",
    access: 'read',
    reply: histogramViewSchema,
    problems: { ...unknownRun, 404: 'no such run, or it has no result for this metric' },
  })
  histogram(
    @Param('runId', { schema: uuidSchema }) runId: string,
    @Query({ schema: histogramQuerySchema }) { metric }: { metric: Metric },
  ): Promise<HistogramView> {
    return runHistogram(this.db, runId, metric);
  }
}

import { Controller, Get, Inject, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import { z } from 'zod';
import {
  type HistogramView,
  histogramViewSchema,
  type Metric,
  metricSchema,
  type Page,
  pageOf,
  probeSchema,
  type RunDetail,
  runDetailSchema,
  type RunView,
  runViewSchema,
  uuidSchema,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { conflict } from '../problems/problem.js';
import { DATABASE } from '../tokens.js';
import { rawLog, sampleText } from './export-samples.js';
import { runHistogram } from './run-histogram.js';
import { findRun, listRuns, type RunListQuery, runListQuerySchema, runRow } from './run-queries.js';
import { mediaTypeOf, type SampleFormat } from './sample-text.js';

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
      422: 'no such host, or a name or value of the selector is unknown',
    },
  })
  list(@Query({ schema: runListQuerySchema }) query: RunListQuery): Promise<Page<RunView>> {
    return listRuns(this.db, query);
  }

  @Get(':runId')
  @ApiRoute({
    summary: 'Read a run with its losses and boot state',
    access: 'read',
    reply: runDetailSchema,
    problems: unknownRun,
  })
  async read(@Param('runId', { schema: uuidSchema }) runId: string): Promise<RunDetail> {
    return runDetailSchema.parse(await findRun(this.db, runId));
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

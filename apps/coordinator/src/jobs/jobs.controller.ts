import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Readable } from 'node:stream';
import * as z from 'zod';
import {
  cancelJobSchema,
  type Cause,
  type JobComparisons,
  type JobOverview,
  jobOverviewSchema,
  jobComparisonsSchema,
  type JobPreview,
  jobPreviewSchema,
  type JobResults,
  jobResultsSchema,
  jobSpecSchema,
  type JobSpec,
  type JobView,
  jobViewSchema,
  labelJobSchema,
  type Page,
  pageOf,
  uuidSchema,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { Authentication } from '../auth/authentication.js';
import { ComparisonTurns } from '../compare/comparison-turns.js';
import type { Settings } from '../environment.js';
import { ApiRoute } from '../http/api-route.js';
import { closedSignal } from '../http/closed-signal.js';
import { type Actor, RequestActor, RequestCause } from '../http/request-context.js';
import { SharedReadings } from '../http/shared-readings.js';
import { fieldErrors } from '../problems/input-errors.js';
import { invalidInput } from '../problems/problem.js';
import { ReadModelProgress } from '../read-model/read-model-progress.js';
import { DATABASE, SETTINGS, STOPPING } from '../tokens.js';
import { cancelJob } from './cancel-job.js';
import { Followers } from './followers.js';
import { jobProgress } from './job-progress.js';
import { findJob, type JobListQuery, jobListQuerySchema, listJobs } from './job-queries.js';
import { jobOverview } from './job-overview.js';
import { jobResults } from './job-results.js';
import { labelJob } from './label-job.js';
import { matrixComparisons } from './matrix-comparisons.js';
import { previewJob } from './preview-job.js';
import { submitJob } from './submit-job.js';

const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters; send for example a new UUID');

function idempotencyKeyOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  const { success, data, error } = idempotencyKeySchema.safeParse(header);
  if (!success) throw invalidInput(fieldErrors(error.issues, { type: 'custom', data: 'Idempotency-Key' }));
  return data;
}

const cancelBodySchema = cancelJobSchema.prefault({});
const unknownJob = { 400: 'jobId is not a UUID', 404: 'no such job' };

@ApiTags('jobs')
@Controller('v1/jobs')
export class JobsController {
  /** Of a job of 10,000 runs they take 0.8 s of CPU: as many pages and scripts as look at it at the same time share them. */
  private readonly resultsOf = new SharedReadings((jobId) => jobResults(this.db, jobId));
  private readonly overviewOf = new SharedReadings(async (jobId) => jobOverview(await this.resultsOf.get(jobId)));
  /** For those who follow it: each looks once a second at least. */
  private readonly followed = new SharedReadings((jobId) => findJob(this.db, jobId));
  private readonly followers: Followers;

  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(STOPPING) private readonly stopping: AbortSignal,
    private readonly readModel: ReadModelProgress,
    private readonly authentication: Authentication,
    private readonly turns: ComparisonTurns,
    @Inject(SETTINGS) { streams }: Settings,
  ) {
    this.followers = new Followers(streams);
  }

  @Post()
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Repeating a request with the same key and body gives the same job (200) instead of a second one.',
  })
  @ApiRoute({
    summary: 'Submit a job',
    description: 'Plans the runs on all matching hosts. 201 for a new job, 200 for a repeated Idempotency-Key.',
    access: 'submit',
    status: 201,
    reply: jobViewSchema,
    problems: {
      400: 'a field of the body is wrong',
      409: 'the Idempotency-Key was used with another body',
      413: 'the body is too large',
      415: 'the body is not JSON',
      422: 'a label or value of the selector is unknown, no host matches, a host can not do it or has no image of a series of the matrix, or the job is over its limits',
      507: "the database's disk is full",
    },
  })
  async submit(
    @Body({ schema: jobSpecSchema }) spec: JobSpec,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @RequestActor() actor: Actor,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobView> {
    const { view, created } = await submitJob(this.db, {
      spec,
      idempotencyKey: idempotencyKeyOf(idempotencyKey),
      keyId: actor.keyId,
      cause,
    });
    this.readModel.wanted();
    response.status(created ? 201 : 200).location(`/v1/jobs/${view.jobId}`);
    return view;
  }

  @Post('preview')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Say what a job would run',
    description: 'Plans it as submitting it would, with the same refusals, and appends nothing.',
    access: 'read',
    reply: jobPreviewSchema,
    problems: {
      400: 'a field of the body is wrong',
      415: 'the body is not JSON',
      422: 'it could not be planned: what submitting it would say',
    },
  })
  preview(@Body({ schema: jobSpecSchema }) spec: JobSpec): Promise<JobPreview> {
    return previewJob(this.db, spec);
  }

  @Get()
  @ApiRoute({
    summary: 'List jobs',
    description: 'Newest first, unless it is asked otherwise.',
    access: 'read',
    reply: pageOf(jobViewSchema),
    problems: {
      400: 'a parameter of the query is wrong',
      422: 'nobody submitted a job under that name, or no job has the label',
    },
  })
  list(@Query({ schema: jobListQuerySchema }) query: JobListQuery): Promise<Page<JobView>> {
    return listJobs(this.db, query);
  }

  @Get(':jobId')
  @ApiRoute({ summary: 'Read a job', access: 'read', reply: jobViewSchema, problems: unknownJob })
  read(@Param('jobId', { schema: uuidSchema }) jobId: string): Promise<JobView> {
    return findJob(this.db, jobId);
  }

  @Post(':jobId/cancel')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Cancel a job',
    description: 'Runs that wait are dropped, running ones are stopped. What was measured stays.',
    access: 'submit',
    reply: jobViewSchema,
    problems: { ...unknownJob, 409: 'the job has ended, or was set aside because its events can not be read' },
  })
  async cancel(
    @Param('jobId', { schema: uuidSchema }) jobId: string,
    @Body({ schema: cancelBodySchema }) { reason }: z.infer<typeof cancelBodySchema>,
    @RequestCause() cause: Cause,
  ): Promise<JobView> {
    const view = await cancelJob(this.db, jobId, reason, cause);
    this.readModel.wanted();
    return view;
  }

  @Post(':jobId/labels')
  @HttpCode(200)
  @ApiRoute({
    summary: "Change a job's labels",
    description:
      'Sets those that are given and takes away those given as null; others stay. At any time, and repeating it changes nothing. Replies with the job.',
    access: 'submit',
    reply: jobViewSchema,
    problems: {
      ...{ 400: 'a field of the body is wrong', 404: 'no such job', 415: 'the body is not JSON' },
      422: 'the job would have more labels than there is room for',
    },
  })
  async label(
    @Param('jobId', { schema: uuidSchema }) jobId: string,
    @Body({ schema: labelJobSchema }) { labels }: z.infer<typeof labelJobSchema>,
    @RequestCause() cause: Cause,
  ): Promise<JobView> {
    const view = await labelJob(this.db, jobId, labels, cause);
    this.readModel.wanted();
    return view;
  }

  @Get(':jobId/results')
  @ApiRoute({
    summary: "A job's result table",
    description:
      'One row per host, boot state and metric over the completed runs so far, and what gave no result. Cells of a matrix have different boot states.',
    access: 'read',
    reply: jobResultsSchema,
    problems: unknownJob,
  })
  async results(@Param('jobId', { schema: uuidSchema }) jobId: string): Promise<JobResults> {
    await findJob(this.db, jobId);
    return this.resultsOf.get(jobId);
  }

  @Get(':jobId/overview')
  @ApiRoute({
    summary: "A job's result by what varies in it",
    description:
      'Hosts that have all else in common are one line, with the range of their medians and those that lie far from the rest; failures are a line for each reason.',
    access: 'read',
    reply: jobOverviewSchema,
    problems: unknownJob,
  })
  async overview(@Param('jobId', { schema: uuidSchema }) jobId: string): Promise<JobOverview> {
    await findJob(this.db, jobId);
    return this.overviewOf.get(jobId);
  }

  @Get(':jobId/comparisons')
  @ApiRoute({
    summary: 'The cells of a matrix compared',
    description:
      "In each dimension of the job's matrix every other value against the first, all else held fixed, over the completed runs so far; each as /v1/compare would with its selectors. None for a job without a matrix.",
    access: 'read',
    reply: jobComparisonsSchema,
    problems: { ...unknownJob, 429: 'too many requests, or too many comparisons of this key at once' },
  })
  async comparisons(
    @Param('jobId', { schema: uuidSchema }) jobId: string,
    @RequestActor() { keyId }: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobComparisons> {
    const job = await findJob(this.db, jobId);
    const comparisons = await this.turns.during(keyId, closedSignal(response), () => matrixComparisons(this.db, job));
    return { jobId, comparisons };
  }

  @Get(':jobId/progress')
  @Header('Cache-Control', 'no-cache')
  @Header('X-Accel-Buffering', 'no')
  @ApiRoute({
    summary: "Follow a job's progress",
    description:
      'Server-sent events: `progress` with a JobView whenever it changes, `end` with the last one, then the stream ends. It ends within seconds when the key is revoked. How many may be open at a time is limited.',
    access: 'read',
    produces: ['text/event-stream'],
    problems: {
      ...unknownJob,
      429: 'too many requests, or too many streams of this key',
      503: 'all streams are taken, or PostgreSQL or the queue can not be reached',
    },
  })
  async progress(
    @Param('jobId', { schema: uuidSchema }) jobId: string,
    @Req() request: Request,
    @RequestActor() { keyId }: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    await findJob(this.db, jobId);
    const closed = closedSignal(response);
    this.followers.enter(keyId, closed);
    const events = jobProgress({
      load: () => this.followed.get(jobId),
      mayRead: () => this.authentication.isStillKnown(request),
      change: (timeoutMs, signal) => this.readModel.change(timeoutMs, signal),
      now: () => performance.now(),
      signal: AbortSignal.any([this.stopping, closed]),
    });
    return new StreamableFile(Readable.from(events), { type: 'text/event-stream; charset=utf-8' });
  }
}

import {
  comparisonCellsSchema,
  comparisonSchema,
  consoleLinkSchema,
  type CompareQueryInput,
  type Comparison,
  type ComparisonCells,
  type HostView,
  type ImportReply,
  importReplySchema,
  hostViewSchema,
  type JobComparisons,
  jobComparisonsSchema,
  type JobResults,
  jobResultsSchema,
  type JobSpecInput,
  type JobView,
  jobViewSchema,
  type OutdatedRuns,
  outdatedRunsSchema,
  type Page,
  pageOf,
  type ReplayReply,
  replayReplySchema,
  type ReplayRequestInput,
  type RunDetail,
  runDetailSchema,
  type RunView,
  runViewSchema,
  type RetriedStream,
  retriedStreamSchema,
  type SetAsideStream,
  projectionListSchema,
  projectionViewSchema,
  type ProjectionList,
  type ProjectionView,
  setAsideStreamSchema,
} from '#contracts';
import type { z } from 'zod';
import type { Connection } from './connection.js';
import type { Reply } from '#connect';
import { request, requestJson, type RequestOptions } from './http.js';
import { jobProgress } from './job-progress.js';

/** A comparison as it is asked for. */
export type CompareQuestion = Omit<CompareQueryInput, 'margin' | 'confidence'> & {
  margin?: number;
  confidence?: number;
};

export interface PageQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** The coordinator's API, every reply checked against its contract. Errors are CliErrors. */
export class ApiClient {
  constructor(readonly connection: Connection) {}

  /** One request, its reply checked. What more than one command asks has a method of its own below. */
  ask<Reply>(path: string, reply: z.ZodType<Reply>, options: RequestOptions = {}): Promise<Reply> {
    return requestJson(this.connection, path, reply, options);
  }

  submitJob(spec: JobSpecInput, idempotencyKey?: string): Promise<JobView> {
    const headers: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    return this.ask('/v1/jobs', jobViewSchema, { method: 'POST', body: spec, headers });
  }

  job(jobId: string, options: Pick<RequestOptions, 'exact'> = {}): Promise<JobView> {
    return this.ask(`/v1/jobs/${encodeURIComponent(jobId)}`, jobViewSchema, options);
  }

  jobs(
    query: PageQuery &
      Partial<Record<'state' | 'name' | 'labels' | 'ending' | 'submittedBy' | 'since' | 'until', string | undefined>>,
  ): Promise<Page<JobView>> {
    return this.ask('/v1/jobs', pageOf(jobViewSchema), { query: { ...query } });
  }

  cancelJob(jobId: string, reason?: string): Promise<JobView> {
    return this.ask(`/v1/jobs/${encodeURIComponent(jobId)}/cancel`, jobViewSchema, {
      method: 'POST',
      body: reason === undefined ? {} : { reason },
    });
  }

  jobProgress(jobId: string, signal?: AbortSignal): AsyncGenerator<JobView> {
    return jobProgress(this.connection, encodeURIComponent(jobId), signal);
  }

  jobResults(jobId: string): Promise<JobResults> {
    return this.ask(`/v1/jobs/${encodeURIComponent(jobId)}/results`, jobResultsSchema);
  }

  jobComparisons(jobId: string): Promise<JobComparisons> {
    return this.ask(`/v1/jobs/${encodeURIComponent(jobId)}/comparisons`, jobComparisonsSchema);
  }

  hosts(query: PageQuery & Partial<Record<'selector' | 'state', string | undefined>> = {}): Promise<Page<HostView>> {
    return this.ask('/v1/hosts', pageOf(hostViewSchema), { query: { ...query } });
  }

  host(hostId: string): Promise<HostView> {
    return this.ask(`/v1/hosts/${encodeURIComponent(hostId)}`, hostViewSchema);
  }

  runs(
    query: PageQuery &
      Partial<
        Record<
          'jobId' | 'hostId' | 'state' | 'selector' | 'submittedBy' | 'since' | 'until' | 'ending',
          string | undefined
        >
      >,
  ): Promise<Page<RunView>> {
    return this.ask('/v1/runs', pageOf(runViewSchema), { query: { ...query } });
  }

  run(runId: string): Promise<RunDetail> {
    return this.ask(`/v1/runs/${encodeURIComponent(runId)}`, runDetailSchema);
  }

  /** Makes runs of a kernel log. */
  importLog(bytes: Uint8Array<ArrayBuffer>, query: NonNullable<RequestOptions['query']>): Promise<ImportReply> {
    return this.ask('/v1/imports', importReplySchema, { method: 'POST', query, bytes });
  }

  /** Reads the next stored logs again. */
  replay(body: ReplayRequestInput): Promise<ReplayReply> {
    return this.ask('/v1/replays', replayReplySchema, { method: 'POST', body });
  }

  outdatedRuns(signal?: AbortSignal): Promise<OutdatedRuns> {
    const options = signal === undefined ? {} : { signal };
    return this.ask('/v1/replays/outdated', outdatedRunsSchema, options);
  }

  compare(query: CompareQuestion): Promise<Comparison> {
    return this.ask('/v1/compare', comparisonSchema, { query });
  }

  compareCells(query: CompareQuestion & { by: string }): Promise<ComparisonCells> {
    return this.ask('/v1/compare/cells', comparisonCellsSchema, { query });
  }

  /** A link that opens the console without a key, good once. */
  async consoleLink(): Promise<{ url: string; expiresAt: string }> {
    const link = await this.ask('/v1/console/links', consoleLinkSchema, { method: 'POST' });
    return { url: `${this.connection.url}${link.path}`, expiresAt: link.expiresAt };
  }

  async revokeConsoleSessions(): Promise<void> {
    await request(this.connection, '/v1/console/sessions', { method: 'DELETE' });
  }

  setAsideStreams(query: PageQuery = {}): Promise<Page<SetAsideStream>> {
    return this.ask('/v1/set-aside-streams', pageOf(setAsideStreamSchema), { query: { ...query } });
  }

  projections(): Promise<ProjectionList> {
    return requestJson(this.connection, '/v1/projections', projectionListSchema);
  }

  rebuild(projection: string): Promise<ProjectionView> {
    const path = `/v1/projections/${encodeURIComponent(projection)}/rebuild`;
    return requestJson(this.connection, path, projectionViewSchema, { method: 'POST' });
  }

  retryStream(stream: string): Promise<RetriedStream> {
    const path = `/v1/set-aside-streams/${encodeURIComponent(stream)}/retry`;
    return this.ask(path, retriedStreamSchema, { method: 'POST' });
  }

  /** A run's samples as the server writes them. */
  samples(runId: string, format: 'ndjson' | 'csv'): Promise<Reply> {
    return request(this.connection, `/v1/runs/${encodeURIComponent(runId)}/samples`, { query: { format } });
  }

  /** The kernel-log bytes that a run's samples were read from. */
  rawLog(runId: string): Promise<Reply> {
    return request(this.connection, `/v1/runs/${encodeURIComponent(runId)}/raw`);
  }
}

import { Controller, Get, Inject, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import {
  compareCellsQuerySchema,
  type CompareCellsQuery,
  compareQuerySchema,
  type CompareQuery,
  compareReportQuerySchema,
  type CompareReportQuery,
  type Comparison,
  type ComparisonCells,
  comparisonCellsSchema,
  comparisonSchema,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { closedSignal } from '../http/closed-signal.js';
import { type Actor, RequestActor } from '../http/request-context.js';
import { findJob } from '../jobs/job-queries.js';
import { checkRunSelectors } from '../selectors/check-selectors.js';
import { DATABASE } from '../tokens.js';
import { compareCells } from './cells.js';
import { checkComparedFields } from './check-fields.js';
import { ComparisonTurns } from './comparison-turns.js';
import { judge } from './judge.js';
import { bootFieldsOf } from './report/boot-fields.js';
import { reportFile } from './report/report.js';
import { controlOf, sidesOf } from './sides.js';

const problems = {
  400: 'a selector or a parameter is wrong',
  404: 'no such job',
  429: 'too many requests, or too many comparisons of this key at once',
  422: 'a label, value, job, run, annotation or field is unknown, or what a selector matches does not have the metric',
};

@ApiTags('compare')
@Controller('v1/compare')
export class CompareController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    private readonly turns: ComparisonTurns,
  ) {}

  @Get()
  @ApiRoute({
    summary: 'Compare two selectors',
    description:
      'Is b slower than a? The replicate is a run; selectors match the labels and boot state that runs had at their start, and the runs themselves (job, run, executor, since, until, annotations). Sides that overlap, or that differ or are mixed in what is neither compared nor allowed, are refused: the reply has `refusals`, and no ratio.',
    access: 'read',
    reply: comparisonSchema,
    problems,
  })
  compare(
    @Query({ schema: compareQuerySchema }) query: CompareQuery,
    @RequestActor() { keyId }: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Comparison> {
    return this.turns.during(keyId, closedSignal(response), async () => {
      await this.check(query);
      const [a, b] = await sidesOf(this.db, query);
      return judge(query, a, b, await controlOf(this.db, query));
    });
  }

  @Get('cells')
  @ApiRoute({
    summary: 'Compare two selectors cell by cell',
    description:
      'One comparison for every combination of values of some fields that both sides have, so that within a cell neither side is mixed in them nor do they differ. With k cells the chance that one of them is called slower or faster by luck is kept below 1 − confidence (Holm).',
    access: 'read',
    reply: comparisonCellsSchema,
    problems,
  })
  cells(
    @Query({ schema: compareCellsQuerySchema }) query: CompareCellsQuery,
    @RequestActor() { keyId }: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ComparisonCells> {
    return this.turns.during(keyId, closedSignal(response), async () => {
      await this.check(query);
      const [a, b] = await sidesOf(this.db, query);
      return compareCells(query, a, b, await controlOf(this.db, query));
    });
  }

  @Get('report')
  @ApiRoute({
    summary: 'A comparison as a page of its own',
    description:
      'What `/v1/compare` answers, or with `by` the table of cells and each cell, as one HTML document: question, verdict, charts, tables, boot states, provenance, run ids and the command that repeats it. It runs no script and loads nothing.',
    access: 'read',
    produces: ['text/html'],
    problems,
  })
  report(
    @Query({ schema: compareReportQuerySchema }) query: CompareReportQuery,
    @RequestActor() { keyId }: Actor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    return this.turns.during(keyId, closedSignal(response), async () => {
      await this.check(query);
      const [a, b] = await sidesOf(this.db, query);
      const control = await controlOf(this.db, query);
      const answer =
        query.by === undefined ? judge(query, a, b, control) : compareCells({ ...query, by: query.by }, a, b, control);
      const asked = { a: a.selector, b: b.selector };
      return reportFile(request, 'comparison', { asked, answer, boots: bootFieldsOf(a, b) });
    });
  }

  /** @throws ProblemError (422, 404) for anything named that there is not */
  private async check(query: CompareQuery & { by?: readonly string[] }): Promise<void> {
    if (query.jobId !== undefined) await findJob(this.db, query.jobId);
    const { a, b, control } = query;
    await checkRunSelectors(this.db, { a, b, ...(control === undefined ? {} : { control }) });
    await checkComparedFields(this.db, query);
  }
}

import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import {
  groupedResultsQuerySchema,
  groupedResultsSchema,
  type GroupedResults,
  type GroupedResultsQuery,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { ComparisonTurns } from '../compare/comparison-turns.js';
import { ApiRoute } from '../http/api-route.js';
import { closedSignal } from '../http/closed-signal.js';
import { type Actor, RequestActor } from '../http/request-context.js';
import { findJob } from '../jobs/job-queries.js';
import { checkFieldList, checkRunSelectors } from '../selectors/check-selectors.js';
import { DATABASE } from '../tokens.js';
import { groupedResults } from './grouped-results.js';

@ApiTags('results')
@Controller('v1/results')
export class ResultsController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    private readonly turns: ComparisonTurns,
  ) {}

  @Get()
  @ApiRoute({
    summary: 'Results of many runs, grouped',
    description:
      'One row for each combination of the values of `by` (labels and facts of the boot state) over the completed runs. Hosts weigh the same. Probe, metric, provenance, executor, virtualization and KPTI are never pooled.',
    access: 'read',
    reply: groupedResultsSchema,
    problems: {
      400: 'a parameter of the query is wrong',
      404: 'no such job',
      422: 'a label or fact in `by`, or a label or value of the selector, is unknown, or too many results match',
      429: 'too many requests, or too many comparisons of this key at once',
    },
  })
  grouped(
    @Query({ schema: groupedResultsQuerySchema }) query: GroupedResultsQuery,
    @RequestActor() { keyId }: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<GroupedResults> {
    return this.turns.during(keyId, closedSignal(response), async () => {
      await checkFieldList(this.db, 'by', query.by);
      await checkRunSelectors(this.db, { selector: query.selector });
      if (query.jobId !== undefined) await findJob(this.db, query.jobId);
      return groupedResults(this.db, query);
    });
  }
}

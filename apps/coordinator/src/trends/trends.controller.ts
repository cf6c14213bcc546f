import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { type Trends, type TrendsQuery, trendsQuerySchema, trendsSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { ComparisonTurns } from '../compare/comparison-turns.js';
import { ApiRoute } from '../http/api-route.js';
import { closedSignal } from '../http/closed-signal.js';
import { type Actor, RequestActor } from '../http/request-context.js';
import { checkFieldList, checkRunSelectors } from '../selectors/check-selectors.js';
import { DATABASE } from '../tokens.js';
import { dayTrends } from './day-trends.js';
import { runTrends } from './run-trends.js';

@ApiTags('trends')
@Controller('v1/trends')
export class TrendsController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    private readonly turns: ComparisonTurns,
  ) {}

  @Get()
  @ApiRoute({
    summary: 'How levels went over time',
    description:
      'Series by labels and facts of the boot state, a point a day (every host weighs the same) or a point a run, in ns and TSC cycles, and what changed in the boot states of their hosts meanwhile. Executor and provenance are never pooled.',
    access: 'read',
    reply: trendsSchema,
    problems: {
      400: 'the selector or a parameter of the query is wrong',
      422: 'a label or fact in `by`, or a label or value of the selector, is unknown, or a term chooses single runs while days are asked for',
      429: 'too many requests, or too many comparisons of this key at once',
    },
  })
  trends(
    @Query({ schema: trendsQuerySchema }) query: TrendsQuery,
    @RequestActor() { keyId }: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Trends> {
    return this.turns.during(keyId, closedSignal(response), async () => {
      await checkRunSelectors(this.db, { selector: query.selector });
      await checkFieldList(this.db, 'by', query.by.join(','));
      const { probe, metric, resolution, by, sinceMs, untilMs, notes } = query;
      const parts = await (resolution === 'day' ? dayTrends : runTrends)(this.db, query);
      return trendsSchema.parse({
        ...{ probe, metric, resolution, by, ...parts, notes },
        ...{ since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() },
      });
    });
  }
}

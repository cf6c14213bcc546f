import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { compareQuerySchema, type CompareQuery, type Comparison, comparisonSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { closedSignal } from '../http/closed-signal.js';
import { type Actor, RequestActor } from '../http/request-context.js';
import { findJob } from '../jobs/job-queries.js';
import { refusedAll } from '../problems/problem.js';
import { checkSelectors } from '../selectors/check-selectors.js';
import { DATABASE } from '../tokens.js';
import { whyEmpty } from './empty-side.js';
import { ComparisonTurns } from './comparison-turns.js';
import { judge } from './judge.js';
import { replicatesOf } from './replicates.js';
import type { Side } from './side.js';

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
    description: 'Is b slower than a? The replicate is a run; selectors match the labels that runs carry.',
    access: 'read',
    reply: comparisonSchema,
    problems: {
      400: 'a selector or a parameter is wrong',
      404: 'no such job',
      429: 'too many requests, or too many comparisons of this key at once',
      422: 'a label or value of a selector is unknown, or what it matches does not have the metric',
    },
  })
  compare(
    @Query({ schema: compareQuerySchema }) query: CompareQuery,
    @RequestActor() { keyId }: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Comparison> {
    return this.turns.during(keyId, closedSignal(response), async () => {
      await checkSelectors(this.db, { a: query.a, b: query.b });
      if (query.jobId !== undefined) await findJob(this.db, query.jobId);
      const [a, b] = await Promise.all([replicatesOf(this.db, query.a, query), replicatesOf(this.db, query.b, query)]);
      const [shownA, shownB] = await this.explained(query, a, b);
      return judge(query, shownA, shownB);
    });
  }

  /** The sides, those without runs with the reason. @throws ProblemError (422) when one can't ever have any. */
  private async explained(query: CompareQuery, a: Side, b: Side): Promise<[Side, Side]> {
    const [emptyA, emptyB] = await Promise.all([
      a.runs.length === 0 ? whyEmpty(this.db, 'a', query) : null,
      b.runs.length === 0 ? whyEmpty(this.db, 'b', query) : null,
    ]);
    const never = [emptyA, emptyB].flatMap((empty) => (empty !== null && 'never' in empty ? [empty.never] : []));
    if (never.length > 0) throw refusedAll(never);
    const reasonOf = (empty: typeof emptyA) => (empty !== null && 'notYet' in empty ? { notYet: empty.notYet } : {});
    return [
      { ...a, ...reasonOf(emptyA) },
      { ...b, ...reasonOf(emptyB) },
    ];
  }
}

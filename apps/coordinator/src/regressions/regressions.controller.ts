import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { type Regressions, type RegressionsQuery, regressionsQuerySchema, regressionsSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { ComparisonTurns } from '../compare/comparison-turns.js';
import { ApiRoute } from '../http/api-route.js';
import { closedSignal } from '../http/closed-signal.js';
import { type Actor, RequestActor } from '../http/request-context.js';
import { checkRunSelectors } from '../selectors/check-selectors.js';
import { DATABASE } from '../tokens.js';
import { findRegressions } from './regressions.js';

@ApiTags('trends')
@Controller('v1/regressions')
export class RegressionsController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    private readonly turns: ComparisonTurns,
  ) {}

  @Get()
  @ApiRoute({
    summary: 'What changed without a known cause',
    description:
      'Changes of level within a segment (one host under one boot state), dated, once for all hosts that moved together, and hosts whose runs scatter more than they did. A change of the boot state is never one: see /v1/known-changes. Nothing here was confirmed by fresh runs; each entry has the command that would.',
    access: 'read',
    reply: regressionsSchema,
    problems: {
      400: 'the selector or a parameter of the query is wrong',
      422: 'a label or value of the selector is unknown, a term chooses single runs, or too many series match',
      429: 'too many requests, or too many comparisons of this key at once',
    },
  })
  regressions(
    @Query({ schema: regressionsQuerySchema }) query: RegressionsQuery,
    @RequestActor() { keyId }: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Regressions> {
    return this.turns.during(keyId, closedSignal(response), async () => {
      await checkRunSelectors(this.db, { selector: query.selector });
      const { probe, metric, sinceMs, untilMs } = query;
      const span = { since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() };
      return regressionsSchema.parse({ probe, metric, ...span, ...(await findRegressions(this.db, query)) });
    });
  }
}

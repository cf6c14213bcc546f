import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { type KnownChanges, type KnownChangesQuery, knownChangesQuerySchema, knownChangesSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { ComparisonTurns } from '../compare/comparison-turns.js';
import { ApiRoute } from '../http/api-route.js';
import { closedSignal } from '../http/closed-signal.js';
import { type Actor, RequestActor } from '../http/request-context.js';
import { checkRunSelectors } from '../selectors/check-selectors.js';
import { DATABASE } from '../tokens.js';
import { judgeKnownChanges } from './judge-known-changes.js';

@ApiTags('trends')
@Controller('v1/known-changes')
export class KnownChangesController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    private readonly turns: ComparisonTurns,
  ) {}

  @Get()
  @ApiRoute({
    summary: 'What changes of boot states did',
    description:
      'Each change of kernel, microcode, boot options or machine, once for all hosts that had it within a week of each other, with a verdict on the levels before and after: every host is compared with itself, and what happened meanwhile to hosts where nothing changed is taken out.',
    access: 'read',
    reply: knownChangesSchema,
    problems: {
      400: 'the selector or a parameter of the query is wrong',
      422: 'a label or value of the selector is unknown, or a term chooses single runs',
      429: 'too many requests, or too many comparisons of this key at once',
    },
  })
  knownChanges(
    @Query({ schema: knownChangesQuerySchema }) query: KnownChangesQuery,
    @RequestActor() { keyId }: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<KnownChanges> {
    return this.turns.during(keyId, closedSignal(response), async () => {
      await checkRunSelectors(this.db, { selector: query.selector });
      const { probe, metric, sinceMs, untilMs } = query;
      const span = { since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() };
      return knownChangesSchema.parse({ probe, metric, ...span, ...(await judgeKnownChanges(this.db, query)) });
    });
  }
}

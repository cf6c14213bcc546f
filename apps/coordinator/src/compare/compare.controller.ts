import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { compareQuerySchema, type CompareQuery, type Comparison, comparisonSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { DATABASE } from '../tokens.js';
import { judge } from './judge.js';
import { replicatesOf } from './replicates.js';

@ApiTags('compare')
@Controller('v1/compare')
export class CompareController {
  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  @Get()
  @ApiRoute({
    summary: 'Compare two selectors',
    description: 'Is b slower than a? The replicate is a run; selectors match the labels that runs carry.',
    access: 'read',
    reply: comparisonSchema,
    problems: { 400: 'a selector or a parameter is wrong' },
  })
  async compare(@Query({ schema: compareQuerySchema }) query: CompareQuery): Promise<Comparison> {
    const [a, b] = await Promise.all([replicatesOf(this.db, query.a, query), replicatesOf(this.db, query.b, query)]);
    return judge(query, a, b);
  }
}

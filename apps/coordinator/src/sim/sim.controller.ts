import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type SimExplainQuery, simExplainQuerySchema, type SimExplanation, simExplanationSchema } from '#contracts';
import { ApiRoute } from '../http/api-route.js';
import { explainCrossing } from './explain-crossing.js';

@ApiTags('sim')
@Controller('v1/sim')
export class SimController {
  @Get('explain')
  @ApiRoute({
    summary: 'Explain a simulated crossing instruction by instruction',
    description: 'State, stack, and what each step costs with its source, summed up over each window. Without noise.',
    access: 'read',
    reply: simExplanationSchema,
    problems: { 400: 'a condition is wrong, or the simulator knows no such machine' },
  })
  explain(@Query({ schema: simExplainQuerySchema }) query: SimExplainQuery): SimExplanation {
    return explainCrossing(query);
  }
}

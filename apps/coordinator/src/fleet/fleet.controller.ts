import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FleetView, fleetViewSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { SharedAnswer } from '../http/shared-answer.js';
import { DATABASE } from '../tokens.js';
import { fleetView } from './fleet-view.js';

/** All who look within so long get the same answer: at 10,000 hosts it takes 63 ms of PostgreSQL's time (`npm run bench:api -- --only fleet`). */
const sameForMs = 2_000;

@ApiTags('fleet')
@Controller('v1/fleet')
export class FleetController {
  private readonly shared = new SharedAnswer(sameForMs, () => fleetView(this.db));

  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  @Get()
  @ApiRoute({
    summary: 'The fleet at a glance',
    description:
      'How many hosts there are, are silent, scatter, and were measured lately, in all and by generation, and the first of each that want looking at. Up to two seconds old.',
    access: 'read',
    reply: fleetViewSchema,
  })
  read(): Promise<FleetView> {
    return this.shared.get();
  }
}

import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FleetView, fleetViewSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import type { Settings } from '../environment.js';
import { ApiRoute } from '../http/api-route.js';
import { DATABASE, SETTINGS } from '../tokens.js';
import { fleetView } from './fleet-view.js';

@ApiTags('fleet')
@Controller('v1/fleet')
export class FleetController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @ApiRoute({
    summary: 'The fleet at a glance',
    description:
      'How many hosts there are, are silent, scatter, and were measured lately, in all and by generation, and the first of each that want looking at.',
    access: 'read',
    reply: fleetViewSchema,
  })
  read(): Promise<FleetView> {
    return fleetView(this.db, this.settings.heartbeatMs);
  }
}

import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type HostGroups, hostGroupsSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { DATABASE } from '../tokens.js';
import { hostGroups, type HostGroupsQuery, hostGroupsQuerySchema } from './host-groups.js';

@ApiTags('hosts')
@Controller('v1/host-groups')
export class HostGroupsController {
  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  @Get()
  @ApiRoute({
    summary: 'Count hosts by what they have in common',
    description: 'By rack and generation, say: how many there are, are silent, and have which noise grade.',
    access: 'read',
    reply: hostGroupsSchema,
    problems: { 400: 'a parameter of the query is wrong', 422: 'a label, value or field is unknown' },
  })
  list(@Query({ schema: hostGroupsQuerySchema }) query: HostGroupsQuery): Promise<HostGroups> {
    return hostGroups(this.db, query);
  }
}

import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { hostIdSchema, type HostView, hostViewSchema, type Page, pageOf } from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import type { Settings } from '../environment.js';
import { DATABASE, SETTINGS } from '../tokens.js';
import { findHost, type HostListQuery, hostListQuerySchema, listHosts } from './host-queries.js';

@ApiTags('hosts')
@Controller('v1/hosts')
export class HostsController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @ApiRoute({
    summary: 'List hosts',
    description: 'All of them, or those whose labels a selector matches and whose worker is in some state.',
    access: 'read',
    reply: pageOf(hostViewSchema),
    problems: { 400: 'a parameter of the query is wrong', 422: 'a label or value of the selector is unknown' },
  })
  list(@Query({ schema: hostListQuerySchema }) query: HostListQuery): Promise<Page<HostView>> {
    return listHosts(this.db, query, this.settings.heartbeatMs);
  }

  @Get(':hostId')
  @ApiRoute({
    summary: 'Read a host',
    access: 'read',
    reply: hostViewSchema,
    problems: { 400: 'hostId is not a host id', 404: 'no such host' },
  })
  read(@Param('hostId', { schema: hostIdSchema }) hostId: string): Promise<HostView> {
    return findHost(this.db, hostId, this.settings.heartbeatMs);
  }
}

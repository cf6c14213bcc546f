import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  type HostBootStates,
  hostBootStatesSchema,
  hostIdSchema,
  type HostView,
  hostViewSchema,
  type Page,
  pageOf,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { DATABASE } from '../tokens.js';
import { bootSpans } from './boot-spans.js';
import { findHost, type HostListQuery, hostListQuerySchema, listHosts } from './host-queries.js';

const problems = { 400: 'a parameter of the query is wrong', 422: 'a label or value of the selector is unknown' };

@ApiTags('hosts')
@Controller('v1/hosts')
export class HostsController {
  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  @Get()
  @ApiRoute({
    summary: 'List hosts',
    description: 'All but the removed ones, or those that a selector, a state, a noise grade and a search leave.',
    access: 'read',
    reply: pageOf(hostViewSchema),
    problems,
  })
  list(@Query({ schema: hostListQuerySchema }) query: HostListQuery): Promise<Page<HostView>> {
    return listHosts(this.db, query);
  }

  @Get(':hostId')
  @ApiRoute({
    summary: 'Read a host',
    access: 'read',
    reply: hostViewSchema,
    problems: { 400: 'hostId is not a host id', 404: 'no such host' },
  })
  read(@Param('hostId', { schema: hostIdSchema }) hostId: string): Promise<HostView> {
    return findHost(this.db, hostId);
  }

  @Get(':hostId/boot-states')
  @ApiRoute({
    summary: 'The boot states that a host’s runs had',
    description: 'Oldest first, each with what changed from the one before it. None of a host that was never measured.',
    access: 'read',
    reply: hostBootStatesSchema,
    problems: { 400: 'hostId is not a host id', 404: 'no such host' },
  })
  async bootStates(@Param('hostId', { schema: hostIdSchema }) hostId: string): Promise<HostBootStates> {
    await findHost(this.db, hostId);
    return bootSpans(this.db, hostId);
  }
}

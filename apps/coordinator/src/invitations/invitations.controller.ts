import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import {
  type InvitationView,
  invitationViewSchema,
  type Invite,
  inviteSchema,
  type Join,
  type JoinReply,
  joinReplySchema,
  joinSchema,
  type MadeInvitation,
  madeInvitationSchema,
  type Page,
  pageOf,
  pageQuerySchema,
  uuidSchema,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { isFromLoopback } from '../auth/authentication.js';
import type { Settings } from '../environment.js';
import { ApiRoute } from '../http/api-route.js';
import { type Actor, actorName, RequestActor } from '../http/request-context.js';
import { DATABASE, SETTINGS } from '../tokens.js';
import { invite, listInvitations, revokeInvitation } from './invitations.js';
import { join } from './join.js';

const listQuerySchema = pageQuerySchema.strict();

@ApiTags('workers')
@Controller('v1')
export class InvitationsController {
  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Post('invitations')
  @ApiRoute({
    summary: 'Invite a worker',
    description:
      'Its token lets one worker join, within the time given. The reply is the only time that it is shown; its SHA-256 is what is stored.',
    access: 'admin',
    status: 201,
    reply: madeInvitationSchema,
    problems: { 400: 'a field of the body is wrong', 415: 'the body is not JSON' },
  })
  async invite(
    @Body({ schema: inviteSchema }) body: Invite,
    @RequestActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MadeInvitation> {
    response.set('Cache-Control', 'no-store');
    return { ...(await invite(this.db, body, actorName(actor))), url: this.settings.publicUrl };
  }

  @Get('invitations')
  @ApiRoute({
    summary: 'List invitations, newest first',
    access: 'admin',
    reply: pageOf(invitationViewSchema),
    problems: { 400: 'a parameter of the query is wrong' },
  })
  list(@Query({ schema: listQuerySchema }) query: z.infer<typeof listQuerySchema>): Promise<Page<InvitationView>> {
    return listInvitations(this.db, query);
  }

  @Delete('invitations/:invitationId')
  @HttpCode(204)
  @ApiRoute({
    summary: 'Revoke an invitation that was not used',
    description: 'Revoking it twice is the same as once. Who has joined with one is ended by DELETE /v1/keys/{keyId}.',
    access: 'admin',
    status: 204,
    problems: { 400: 'invitationId is not a UUID', 404: 'no such invitation', 409: 'it was used' },
  })
  revoke(@Param('invitationId', { schema: uuidSchema }) invitationId: string): Promise<void> {
    return revokeInvitation(this.db, invitationId);
  }

  // Open, because the token says who may: whoever joins has no key yet.
  @Post('join')
  @ApiRoute({
    summary: 'Join as a worker, by an invitation',
    description:
      'Exchanges the token for an API key of role worker and a login of PostgreSQL, both of this worker alone, and the addresses that it needs.',
    access: 'open',
    status: 201,
    reply: joinReplySchema,
    problems: {
      400: 'a field of the body is wrong',
      401: 'nobody was given this token',
      409: 'the invitation was used, was revoked or has expired, its host’s name is taken, or this coordinator does not know its way for workers; the invitation stays as it was',
      415: 'the body is not JSON',
    },
  })
  join(
    @Body({ schema: joinSchema }) body: Join,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JoinReply> {
    response.set('Cache-Control', 'no-store');
    return join(this.db, this.settings, body, isFromLoopback(request));
  }
}

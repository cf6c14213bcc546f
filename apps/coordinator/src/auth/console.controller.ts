import { Controller, Delete, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import * as z from 'zod';
import { type ConsoleLink, consoleLinkSchema } from '#contracts';
import { ApiRoute } from '../http/api-route.js';
import { conflict } from '../problems/problem.js';
import { consoleCookie, LocalConsole } from './local-console.js';

const loginPath = '/console/login';
const loginQuerySchema = z.strictObject({ token: z.string().max(100) });

@ApiTags('console')
@Controller()
export class ConsoleController {
  constructor(private readonly localConsole: LocalConsole) {}

  @Post('v1/console/links')
  @ApiRoute({
    summary: 'Make a link that opens the console without a key',
    description: 'For the one-machine fleet. The link is good once and soon expires; its session has the role submit.',
    access: 'admin',
    status: 201,
    reply: consoleLinkSchema,
    problems: { 409: 'this coordinator has no local key, so its console asks everybody for an API key' },
  })
  makeLink(@Res({ passthrough: true }) response: Response): ConsoleLink {
    if (!this.localConsole.enabled) {
      throw conflict('no-local-console', 'This console has no links', {
        field: 'XF_LOCAL_KEY',
        message: 'only the coordinator of a one-machine fleet, which has XF_LOCAL_KEY, makes links to its console',
        remedy: 'open the console and type an API key',
      });
    }
    const { token, lifeMs } = this.localConsole.makeLink();
    response.set('Cache-Control', 'no-store');
    return { path: `${loginPath}?token=${token}`, expiresAt: new Date(Date.now() + lifeMs).toISOString() };
  }

  @Delete('v1/console/sessions')
  @HttpCode(204)
  @ApiRoute({
    summary: 'End all sessions of the console',
    description: 'Links that were not used yet are void as well.',
    access: 'admin',
    status: 204,
  })
  revoke(): void {
    this.localConsole.revokeAll();
  }

  // The token stands in the query because the request log leaves that out; helmet's Referrer-Policy keeps it from others.
  @Get(loginPath)
  @ApiRoute({
    summary: 'Open the console by a link',
    description:
      'Exchanges the token for a session and leads to the console, which says so when the token is not good.',
    access: 'open',
    status: 303,
    problems: { 400: 'a parameter of the query is wrong' },
  })
  logIn(
    @Query({ schema: loginQuerySchema }) { token }: z.infer<typeof loginQuerySchema>,
    @Req() request: Request,
    @Res() response: Response,
  ): void {
    const session = this.localConsole.logIn(request, token);
    response.set('Cache-Control', 'no-store');
    if (session === null) return response.redirect(303, '/#link-not-good');
    const { cookie, page, lifeMs } = session;
    const { secure } = request;
    response.cookie(consoleCookie, cookie, { httpOnly: true, sameSite: 'strict', secure, path: '/', maxAge: lifeMs });
    response.redirect(303, `/#session=${page}`);
  }
}

import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import {
  createdKeySchema,
  createKeySchema,
  keyViewSchema,
  type Page,
  pageOf,
  pageQuerySchema,
  uuidSchema,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { DATABASE } from '../tokens.js';
import { createKey, listKeys, revokeKey } from './keys.js';

const listQuerySchema = pageQuerySchema.strict();

@ApiTags('keys')
@Controller('v1/keys')
export class KeysController {
  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  @Post()
  @ApiRoute({
    summary: 'Make an API key',
    description: 'The reply is the only time that the key is shown; its SHA-256 is what is stored.',
    access: 'admin',
    status: 201,
    reply: createdKeySchema,
    problems: { 400: 'a field of the body is wrong', 415: 'the body is not JSON' },
  })
  create(
    @Body({ schema: createKeySchema }) body: z.infer<typeof createKeySchema>,
  ): Promise<z.infer<typeof createdKeySchema>> {
    return createKey(this.db, body);
  }

  @Get()
  @ApiRoute({
    summary: 'List API keys, newest first',
    access: 'admin',
    reply: pageOf(keyViewSchema),
    problems: { 400: 'a parameter of the query is wrong' },
  })
  list(
    @Query({ schema: listQuerySchema }) query: z.infer<typeof listQuerySchema>,
  ): Promise<Page<z.infer<typeof keyViewSchema>>> {
    return listKeys(this.db, query);
  }

  @Delete(':keyId')
  @HttpCode(204)
  @ApiRoute({
    summary: 'Revoke an API key',
    description: 'From the next request on it is not accepted. Revoking it twice is the same as once.',
    access: 'admin',
    status: 204,
    problems: { 400: 'keyId is not a UUID', 404: 'no such key' },
  })
  revoke(@Param('keyId', { schema: uuidSchema }) keyId: string): Promise<void> {
    return revokeKey(this.db, keyId);
  }
}

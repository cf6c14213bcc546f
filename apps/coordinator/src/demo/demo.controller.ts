import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { demoLabel, type DemoView, demoViewSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { ApiRoute } from '../http/api-route.js';
import { DATABASE } from '../tokens.js';

@ApiTags('hosts')
@Controller('v1/demo')
export class DemoController {
  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  @Get()
  @ApiRoute({
    summary: 'Ask whether this fleet is a demo',
    description:
      'In a demo everything is simulated and planted; it has a database of its own, apart from any real fleet.',
    access: 'read',
    reply: demoViewSchema,
  })
  async read(): Promise<DemoView> {
    const [[key, value] = ['', '']] = Object.entries(demoLabel);
    return { demo: (await this.db.labelValue.count({ where: { key, value } })) > 0 };
  }
}

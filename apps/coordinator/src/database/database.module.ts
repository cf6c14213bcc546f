import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { closed } from '#connect';
import { createPrisma, type PrismaClient } from '#event-store';
import type { Settings } from '../environment.js';
import { DATABASE, SETTINGS } from '../tokens.js';
import { DatabaseSizes } from './database-sizes.js';

/** Connections of one coordinator: the projection holds one while it works, the rest serves requests. */
const poolSize = 10;

@Global()
@Module({
  providers: [
    DatabaseSizes,
    {
      provide: DATABASE,
      inject: [SETTINGS],
      useFactory: (settings: Settings) =>
        createPrisma(settings.databaseUrl, { poolSize, applicationName: 'xf-coordinator' }),
    },
  ],
  exports: [DATABASE],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  onApplicationShutdown(): Promise<void> {
    return closed(this.db.$disconnect());
  }
}

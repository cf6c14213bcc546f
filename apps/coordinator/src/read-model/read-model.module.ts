import { Module } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Settings } from '../environment.js';
import { LOGGER, SETTINGS } from '../tokens.js';
import { BackgroundWork } from './background-work.js';
import { ReadModelProgress } from './read-model-progress.js';
import { SessionWatchdog } from './session-watchdog.js';

@Module({
  providers: [
    ReadModelProgress,
    BackgroundWork,
    {
      provide: SessionWatchdog,
      inject: [SETTINGS, LOGGER],
      useFactory: ({ directDatabaseUrl }: Settings, log: Logger) => SessionWatchdog.on(directDatabaseUrl, log),
    },
  ],
  exports: [ReadModelProgress, SessionWatchdog],
})
export class ReadModelModule {}

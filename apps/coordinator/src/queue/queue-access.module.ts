import { Global, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { QueueModule } from '#queue-nest';
import type { Settings } from '../environment.js';
import { LOGGER, SETTINGS } from '../tokens.js';

/** Gives every slice the one RunQueue, on the backend that QUEUE_URL names. */
@Global()
@Module({
  imports: [
    QueueModule.forRootAsync({
      inject: [SETTINGS, LOGGER],
      useFactory: (settings: Settings, log: Logger) => ({
        url: settings.queueUrl,
        onError: (error: Error) => log.warn({ err: error }, 'queue'),
      }),
    }),
  ],
  exports: [QueueModule],
})
export class QueueAccessModule {}

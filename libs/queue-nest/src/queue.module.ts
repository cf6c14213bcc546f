import { BullModule, getSharedConfigToken } from '@nestjs/bullmq';
import {
  Inject,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { createPostgresBackend, setDefaultBackendFactory, type QueueOptions } from 'bullmq';
import { openQueue, RunQueue, type QueueConnection, type QueueSettings } from '#queue';

const settingsToken = Symbol('QueueSettings');
const connectionToken = Symbol('QueueConnection');

export interface QueueModuleOptions extends Pick<ModuleMetadata, 'imports'> {
  inject?: NonNullable<FactoryProvider['inject']>;
  useFactory: FactoryProvider<QueueSettings>['useFactory'];
}

@Module({})
class QueueConnectionModule {}

/** Settings and connection, in a module of their own because both BullModule and QueueModule need them. */
function connectionModule({ imports = [], inject = [], useFactory }: QueueModuleOptions): DynamicModule {
  return {
    module: QueueConnectionModule,
    imports,
    providers: [
      { provide: settingsToken, inject, useFactory },
      {
        provide: connectionToken,
        inject: [settingsToken],
        useFactory: (settings: QueueSettings) => openQueue(settings, 'producer'),
      },
    ],
    exports: [settingsToken, connectionToken],
  };
}

/** What @nestjs/bullmq shares among all queues. It takes no backend factory, so the process's default is set. */
function sharedOptions(connection: QueueConnection): QueueOptions {
  setDefaultBackendFactory(connection.backend === 'postgres' ? createPostgresBackend : undefined);
  return { connection: connection.options, streams: { events: { maxLen: 100 } } };
}

/**
 * Gives the coordinator its RunQueue, on the backend that the settings name, through @nestjs/bullmq. Queues are made
 * as hosts need them, so there is nothing to register beforehand. Closes everything on shutdown.
 */
@Module({})
export class QueueModule implements OnApplicationShutdown {
  constructor(
    @Inject(RunQueue) private readonly queue: RunQueue,
    @Inject(connectionToken) private readonly connection: QueueConnection,
  ) {}

  static forRootAsync(options: QueueModuleOptions): DynamicModule {
    const connected = connectionModule(options);
    return {
      module: QueueModule,
      imports: [
        connected,
        BullModule.forRootAsync({ imports: [connected], inject: [connectionToken], useFactory: sharedOptions }),
      ],
      providers: [
        {
          provide: RunQueue,
          inject: [connectionToken, settingsToken, getSharedConfigToken()],
          useFactory: (connection: QueueConnection, { onError }: QueueSettings, shared: QueueOptions) =>
            new RunQueue(connection, onError, shared),
        },
      ],
      exports: [RunQueue],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.queue.close();
    await this.connection.close();
  }
}

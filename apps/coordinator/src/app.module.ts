import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import type { Logger } from 'pino';
import { AuthModule } from './auth/auth.module.js';
import { KeyGuard } from './auth/key.guard.js';
import { CompareModule } from './compare/compare.module.js';
import { DatabaseModule } from './database/database.module.js';
import type { Settings } from './environment.js';
import { DemoModule } from './demo/demo.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import { FleetModule } from './fleet/fleet.module.js';
import { HostsModule } from './hosts/hosts.module.js';
import { SchemaPipe } from './http/schema.pipe.js';
import { ImportModule } from './import/import.module.js';
import { InvitationsModule } from './invitations/invitations.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { KeysModule } from './keys/keys.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { RebuildsModule } from './rebuilds/rebuilds.module.js';
import { ReplayModule } from './replay/replay.module.js';
import { ResultsModule } from './results/results.module.js';
import { RunsModule } from './runs/runs.module.js';
import { QueueAccessModule } from './queue/queue-access.module.js';
import { SchedulesModule } from './schedules/schedules.module.js';
import { SetAsideModule } from './set-aside/set-aside.module.js';
import { SimModule } from './sim/sim.module.js';
import { LOGGER, SETTINGS, STOPPING } from './tokens.js';
import { TrendsModule } from './trends/trends.module.js';
import { WorkersModule } from './workers/workers.module.js';

/** What the whole application is given from outside. */
export interface Surroundings {
  settings: Settings;
  log: Logger;
  stopping: AbortSignal;
}

@Global()
@Module({})
class SurroundingsModule {
  static with({ settings, log, stopping }: Surroundings): DynamicModule {
    const providers = [
      { provide: SETTINGS, useValue: settings },
      { provide: LOGGER, useValue: log },
      { provide: STOPPING, useValue: stopping },
    ];
    return { module: SurroundingsModule, providers, exports: providers };
  }
}

@Module({})
export class AppModule {
  static with(surroundings: Surroundings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SurroundingsModule.with(surroundings),
        DatabaseModule,
        AuthModule,
        QueueAccessModule,
        JobsModule,
        ImportModule,
        RunsModule,
        ReplayModule,
        FleetModule,
        HostsModule,
        CompareModule,
        ResultsModule,
        TrendsModule,
        SimModule,
        DemoModule,
        EventsModule,
        KeysModule,
        SchedulesModule,
        NotificationsModule,
        InvitationsModule,
        SetAsideModule,
        RebuildsModule,
        WorkersModule,
        HealthModule,
        MetricsModule,
      ],
      providers: [
        { provide: APP_GUARD, useClass: KeyGuard },
        { provide: APP_PIPE, useClass: SchemaPipe },
      ],
    };
  }
}

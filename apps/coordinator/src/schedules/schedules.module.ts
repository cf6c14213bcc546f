import { Module } from '@nestjs/common';
import { ReadModelModule } from '../read-model/read-model.module.js';
import { ScheduleWatch } from './schedule-watch.js';
import { SchedulesController } from './schedules.controller.js';

@Module({ imports: [ReadModelModule], controllers: [SchedulesController], providers: [ScheduleWatch] })
export class SchedulesModule {}

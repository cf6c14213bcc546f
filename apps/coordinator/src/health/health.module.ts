import { Module } from '@nestjs/common';
import { ReadModelModule } from '../read-model/read-model.module.js';
import { HealthController } from './health.controller.js';

@Module({ imports: [ReadModelModule], controllers: [HealthController] })
export class HealthModule {}

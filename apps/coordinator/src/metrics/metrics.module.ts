import { Module } from '@nestjs/common';
import { ReadModelModule } from '../read-model/read-model.module.js';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';

@Module({ imports: [ReadModelModule], controllers: [MetricsController], providers: [Metrics] })
export class MetricsModule {}

import { Module } from '@nestjs/common';
import { CompareModule } from '../compare/compare.module.js';
import { ReadModelModule } from '../read-model/read-model.module.js';
import { RegressionWatch } from '../regressions/regression-watch.js';
import { RegressionsController } from '../regressions/regressions.controller.js';
import { KnownChangesController } from './known-changes.controller.js';
import { TrendsController } from './trends.controller.js';

@Module({
  imports: [CompareModule, ReadModelModule],
  controllers: [TrendsController, KnownChangesController, RegressionsController],
  providers: [RegressionWatch],
})
export class TrendsModule {}

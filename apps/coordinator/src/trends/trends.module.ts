import { Module } from '@nestjs/common';
import { CompareModule } from '../compare/compare.module.js';
import { RegressionsController } from '../regressions/regressions.controller.js';
import { KnownChangesController } from './known-changes.controller.js';
import { TrendsController } from './trends.controller.js';

@Module({ imports: [CompareModule], controllers: [TrendsController, KnownChangesController, RegressionsController] })
export class TrendsModule {}

import { Module } from '@nestjs/common';
import { CompareModule } from '../compare/compare.module.js';
import { KnownChangesController } from './known-changes.controller.js';
import { TrendsController } from './trends.controller.js';

@Module({ imports: [CompareModule], controllers: [TrendsController, KnownChangesController] })
export class TrendsModule {}

import { Module } from '@nestjs/common';
import { CompareModule } from '../compare/compare.module.js';
import { ResultsController } from './results.controller.js';

@Module({ imports: [CompareModule], controllers: [ResultsController] })
export class ResultsModule {}

import { Module } from '@nestjs/common';
import { CompareController } from './compare.controller.js';
import { ComparisonTurns } from './comparison-turns.js';

@Module({ controllers: [CompareController], providers: [ComparisonTurns], exports: [ComparisonTurns] })
export class CompareModule {}

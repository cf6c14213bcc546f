import { Module } from '@nestjs/common';
import { BackgroundWork } from './background-work.js';
import { ReadModelProgress } from './read-model-progress.js';

@Module({ providers: [ReadModelProgress, BackgroundWork], exports: [ReadModelProgress] })
export class ReadModelModule {}

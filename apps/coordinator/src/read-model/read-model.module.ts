import { Module } from '@nestjs/common';
import { BackgroundWork } from './background-work.js';
import { FeedWatchdog } from './feed-watchdog.js';
import { ReadModelProgress } from './read-model-progress.js';

@Module({ providers: [ReadModelProgress, BackgroundWork, FeedWatchdog], exports: [ReadModelProgress, FeedWatchdog] })
export class ReadModelModule {}

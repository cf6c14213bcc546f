import { Module } from '@nestjs/common';
import { CompareModule } from '../compare/compare.module.js';
import { ReadModelModule } from '../read-model/read-model.module.js';
import { JobsController } from './jobs.controller.js';

@Module({ imports: [CompareModule, ReadModelModule], controllers: [JobsController] })
export class JobsModule {}

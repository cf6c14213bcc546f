import { Module } from '@nestjs/common';
import { ReadModelModule } from '../read-model/read-model.module.js';
import { JobsController } from './jobs.controller.js';

@Module({ imports: [ReadModelModule], controllers: [JobsController] })
export class JobsModule {}

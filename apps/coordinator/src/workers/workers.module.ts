import { Module } from '@nestjs/common';
import { ReadModelModule } from '../read-model/read-model.module.js';
import { WorkersController } from './workers.controller.js';

@Module({ imports: [ReadModelModule], controllers: [WorkersController] })
export class WorkersModule {}

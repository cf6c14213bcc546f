import { Module } from '@nestjs/common';
import { ReadModelModule } from '../read-model/read-model.module.js';
import { ReplayController } from './replay.controller.js';

@Module({ imports: [ReadModelModule], controllers: [ReplayController] })
export class ReplayModule {}

import { Module } from '@nestjs/common';
import { SimController } from './sim.controller.js';

@Module({ controllers: [SimController] })
export class SimModule {}

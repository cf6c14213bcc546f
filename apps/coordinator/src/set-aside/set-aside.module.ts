import { Module } from '@nestjs/common';
import { SetAsideController } from './set-aside.controller.js';

@Module({ controllers: [SetAsideController] })
export class SetAsideModule {}

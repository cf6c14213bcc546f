import { Module } from '@nestjs/common';
import { CompareController } from './compare.controller.js';
import { Judges } from './judges.js';

@Module({ controllers: [CompareController], providers: [Judges], exports: [Judges] })
export class CompareModule {}

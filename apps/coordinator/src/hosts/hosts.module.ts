import { Module } from '@nestjs/common';
import { HostsController } from './hosts.controller.js';

@Module({ controllers: [HostsController] })
export class HostsModule {}

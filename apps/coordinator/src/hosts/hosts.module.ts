import { Module } from '@nestjs/common';
import { HostGroupsController } from './host-groups.controller.js';
import { HostsController } from './hosts.controller.js';
import { LabelsController } from './labels.controller.js';

@Module({ controllers: [HostsController, HostGroupsController, LabelsController] })
export class HostsModule {}

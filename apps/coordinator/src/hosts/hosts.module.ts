import { Module } from '@nestjs/common';
import { ReadModelModule } from '../read-model/read-model.module.js';
import { HostActionsController } from './host-actions.controller.js';
import { HostGroupsController } from './host-groups.controller.js';
import { HostsController } from './hosts.controller.js';
import { LabelsController } from './labels.controller.js';

@Module({
  imports: [ReadModelModule],
  controllers: [HostsController, HostGroupsController, HostActionsController, LabelsController],
})
export class HostsModule {}

import { Module } from '@nestjs/common';
import { ReadModelModule } from '../read-model/read-model.module.js';
import { NotificationRoutesController } from './notification-routes.controller.js';
import { NotificationWatch } from './notification-watch.js';
import { NotificationsController } from './notifications.controller.js';

@Module({
  imports: [ReadModelModule],
  controllers: [NotificationRoutesController, NotificationsController],
  providers: [NotificationWatch],
})
export class NotificationsModule {}

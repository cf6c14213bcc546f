import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiRoute } from '../http/api-route.js';
import { Metrics } from './metrics.js';

@ApiTags('metrics')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @ApiRoute({ summary: 'Figures for Prometheus', access: 'local', produces: ['text/plain'] })
  async scrape(@Res({ passthrough: true }) response: Response): Promise<string> {
    response.set('Content-Type', this.metrics.registry.contentType);
    return this.metrics.text();
  }
}

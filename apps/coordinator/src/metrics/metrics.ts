import { Inject, Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { runStateSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { RunQueue } from '#queue';
import { lagOf } from '../read-model/lag.js';
import { SessionWatchdog } from '../read-model/session-watchdog.js';
import { checkpointOf } from '../projections/projection.js';
import { projections } from '../projections/projections.js';
import { routeOf } from '../http/route.js';
import { DATABASE, LOGGER } from '../tokens.js';
import {
  hostsByNoise,
  hostsByState,
  latencies,
  notificationCounts,
  oldestNotification,
  queueAges,
} from './fleet-figures.js';
import { RunCounts } from './run-counts.js';

/** The coordinator's figures for Prometheus. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  readonly #http = new Histogram({
    name: 'xf_http_request_duration_seconds',
    help: 'Time from request to the end of its reply',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });
  readonly #runs = this.#gauge('xf_runs', 'Runs by state in the read model', ['state']);
  readonly #lag = this.#gauge('xf_projection_lag_events', 'Events that a projection has not taken in yet', [
    'projection',
  ]);
  readonly #lagSeconds = this.#gauge(
    'xf_projection_lag_seconds',
    'How long the oldest event that a projection has not taken in has waited',
    ['projection'],
  );
  readonly #setAside = this.#gauge('xf_set_aside_streams', 'Streams that the read model goes on without');
  readonly #horizonAge = this.#gauge(
    'xf_feed_horizon_age_seconds',
    'Age of the oldest transaction with an id, which the feed waits for',
  );
  readonly #queued = this.#gauge('xf_queue_tickets', 'Tickets on the queues of hosts with open runs', ['state']);
  /** What one statement each gives. */
  readonly #fleet = [
    { gauge: this.#gauge('xf_hosts', 'Hosts by state', ['state']), read: hostsByState },
    {
      gauge: this.#gauge('xf_hosts_by_noise_grade', 'Hosts by the grade of their noisiest series', ['grade']),
      read: hostsByNoise,
    },
    {
      gauge: this.#gauge(
        'xf_latency_nanoseconds',
        'Quantiles of the median host of a group, on its latest day of a week',
        [
          ...['metric', 'probe', 'provenance', 'executor', 'generation', 'virtualization', 'kernel', 'kpti'],
          'quantile',
        ],
      ),
      read: latencies,
    },
    {
      gauge: this.#gauge('xf_queue_oldest_seconds', 'How long the oldest queued run has waited', ['hosts']),
      read: queueAges,
    },
    {
      gauge: this.#gauge('xf_notifications', 'Messages that wait, or were given up', ['state']),
      read: notificationCounts,
    },
    {
      gauge: this.#gauge('xf_notifications_oldest_seconds', 'How long the oldest message that waits has waited'),
      read: oldestNotification,
    },
  ] as const;
  readonly #counts: RunCounts;
  readonly #up = this.#gauge('xf_dependency_up', '1 when the last scrape could ask it', ['dependency']);

  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(LOGGER) private readonly log: Logger,
    private readonly queue: RunQueue,
    private readonly watchdog: SessionWatchdog,
  ) {
    this.#counts = new RunCounts(db);
    collectDefaultMetrics({ register: this.registry });
  }

  /** Measures every request; the route is its template, so that ids make no series of their own. */
  readonly measure = (request: Request, response: Response, next: NextFunction): void => {
    const stop = this.#http.startTimer();
    response.once('close', () => {
      stop({ method: request.method, route: routeOf(request) ?? 'none', status: response.statusCode });
    });
    next();
  };

  /** The exposition text. A dependency's figures are left out while it is away. */
  async text(): Promise<string> {
    await Promise.all([
      this.#ask(
        'postgres',
        [
          ...[this.#runs, this.#lag, this.#lagSeconds, this.#setAside, this.#horizonAge],
          ...this.#fleet.map(({ gauge }) => gauge),
        ],
        () => this.#readDatabase(),
      ),
      this.#ask('queue', [this.#queued], () => this.#readQueue()),
    ]);
    return this.registry.metrics();
  }

  #gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  async #ask(dependency: string, gauges: readonly Gauge[], read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this.#up.set({ dependency }, 1);
    } catch (error) {
      this.#up.set({ dependency }, 0);
      for (const gauge of gauges) gauge.reset();
      this.log.warn({ err: error, dependency }, 'metrics are incomplete');
    }
  }

  async #readDatabase(): Promise<void> {
    const byState = await this.#counts.byState();
    for (const state of runStateSchema.options) this.#runs.set({ state }, byState.get(state) ?? 0);
    for (const projection of projections) {
      const { events, oldestMs } = await lagOf(this.db, checkpointOf(projection));
      this.#lag.set({ projection: projection.name }, events);
      this.#lagSeconds.set({ projection: projection.name }, oldestMs / 1000);
    }
    for (const { gauge, read } of this.#fleet) {
      const figures = await read(this.db);
      gauge.reset();
      for (const { labels, value } of figures) gauge.set(labels, value);
    }
    this.#setAside.set(await this.db.setAsideStream.count());
    const { horizonAgeMs } = this.watchdog;
    if (horizonAgeMs === undefined) this.#horizonAge.reset();
    else this.#horizonAge.set(horizonAgeMs / 1000);
  }

  async #readQueue(): Promise<void> {
    await this.queue.ping();
    const hosts = await this.db.$queryRaw<{ host_id: string }[]>`
      SELECT DISTINCT host_id FROM runs WHERE state IN ('queued', 'started')`;
    const total = { waiting: 0, active: 0 };
    for (const { waiting, active } of (await this.queue.standing(hosts.map((row) => row.host_id))).values()) {
      total.waiting += waiting;
      total.active += active;
    }
    this.#queued.set({ state: 'waiting' }, total.waiting);
    this.#queued.set({ state: 'active' }, total.active);
  }
}

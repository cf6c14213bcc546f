import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { scheduleSpecSchema } from '#contracts';
import { type PrismaClient, sqlError } from '#event-store';
import { nextTimes } from '#lifecycle';
import { seldom } from '#logging';
import { Alarms, openQueue, type QueueConnection } from '#queue';
import type { Settings } from '../environment.js';
import { ReadModelProgress } from '../read-model/read-model-progress.js';
import { DATABASE, LOGGER, SETTINGS } from '../tokens.js';
import { settleSchedule } from './settle-schedule.js';
import type { ToldSchedule } from './schedule-view.js';

/** How often all schedules are looked at, for what no alarm rang: a queue that was lost, a coordinator that was away. */
const lookMs = 30_000;

const planOf = ({ name, spec: { cron, timeZone, jitterMinutes, blackouts } }: ToldSchedule): string =>
  JSON.stringify({ name, cron, timeZone, jitterMinutes, blackouts });
const planSchema = scheduleSpecSchema.pick({ cron: true, timeZone: true, jitterMinutes: true, blackouts: true });

function nextAt(plan: string, afterMs: number): number | undefined {
  const { name, ...spec } = JSON.parse(plan) as { name: string };
  return nextTimes(name, planSchema.parse(spec), afterMs, 1)[0]?.atMs;
}

/** Has each schedule's jobs submitted when they are due: BullMQ's job schedulers ring, and the schedule's stream decides. */
@Injectable()
export class ScheduleWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #onError: (error: unknown, about?: string) => void;
  #running: Promise<void> | undefined;
  #keeping: Promise<unknown> | undefined;

  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(LOGGER) log: Logger,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly readModel: ReadModelProgress,
  ) {
    this.#onError = seldom(
      (error, about, untold) => log.error({ err: error, about, untold }, 'keeping schedules failed; it is tried again'),
      (error) => sqlError(error).message || String(error),
    );
  }

  onApplicationBootstrap(): void {
    this.#running = this.#run();
  }

  /** Ends after the step under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const onError = (error: Error): void => this.#onError(error);
    const connection: QueueConnection = openQueue({ url: this.settings.queueUrl, onError }, 'lanes');
    const alarms = new Alarms({ connection, nextAt, rung: (name) => this.#settle(name), onError });
    while (!signal.aborted) {
      await this.#look(alarms).catch(this.#onError);
      await delay(lookMs, undefined, { signal }).catch(() => undefined);
    }
    await alarms.close();
    await connection.close();
  }

  async #look(alarms: Alarms): Promise<void> {
    const rows = await this.db.schedule.findMany({ where: { state: 'active' }, select: { view: true } });
    const active = rows.map(({ view }) => view as unknown as ToldSchedule);
    for (const { name } of active) {
      if (this.#stopping.signal.aborted) return;
      await this.#settle(name).catch((error: unknown) => this.#onError(error, name));
    }
    // Not waited for: while Redis is away it takes until Redis is back, and schedules are due meanwhile.
    this.#keeping ??= alarms
      .keep(active.map((told) => ({ name: told.name, plan: planOf(told) })))
      .catch(this.#onError)
      .finally(() => (this.#keeping = undefined));
  }

  async #settle(name: string): Promise<void> {
    const settled = await settleSchedule({ db: this.db, correlationId: randomUUID() }, name);
    if (settled) this.readModel.wanted();
  }
}

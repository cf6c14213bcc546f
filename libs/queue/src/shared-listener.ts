import type { PgNotification, PgPool, PgPoolClient, PgQueryResult } from 'bullmq';
import pg from 'pg';

type Handler = { event: 'notification' | 'error' | 'end'; listener: (value: never) => void };

/** The shared connection. Statements of several lanes take turns, because pg 9 will not queue them any more. */
class ListenerConnection {
  #last: Promise<unknown> = Promise.resolve();

  constructor(readonly client: pg.Client) {}

  query<R>(text: string, params: readonly unknown[]): Promise<PgQueryResult<R>> {
    const run = (): Promise<PgQueryResult<R>> => this.client.query<R & pg.QueryResultRow>(text, [...params]);
    const result = this.#last.then(run, run);
    this.#last = result;
    return result;
  }
}

/** One lane's view of the shared connection: its own handlers, never its own socket. */
class ListenerShare implements PgPoolClient {
  #handlers: Handler[] = [];

  constructor(readonly shared: ListenerConnection) {}

  query<R>(text: string, params: readonly unknown[] = []): Promise<PgQueryResult<R>> {
    return this.shared.query(text, params);
  }

  on(event: Handler['event'], listener: Handler['listener']): this {
    this.#handlers.push({ event, listener });
    this.shared.client.on(event as 'end', listener as () => void);
    return this;
  }

  removeListener(event: 'notification', listener: (message: PgNotification) => void): this {
    this.#drop((handler) => handler.event === event && handler.listener === listener);
    return this;
  }

  removeAllListeners(event?: string): this {
    this.#drop((handler) => event === undefined || handler.event === event);
    return this;
  }

  /** Other lanes still listen on the connection, so it is never closed from here. */
  release(): void {
    this.removeAllListeners();
  }

  #drop(chosen: (handler: Handler) => boolean): void {
    for (const { event, listener } of this.#handlers.filter(chosen)) {
      this.shared.client.removeListener(event, listener as () => void);
    }
    this.#handlers = this.#handlers.filter((handler) => !chosen(handler));
  }
}

/**
 * What BullMQ takes for a pg.Pool of its own. BullMQ's PostgreSQL backend checks one connection out of the pool for
 * each Worker and keeps it for LISTEN; a hundred lanes would hold a hundred. All of them listen on one channel
 * (`bullmq_jobs`, the queue's name is the payload), so here all share one connection, made again when it breaks.
 * Queries go through a small pool. A worker process thus holds at most 1 + `pool.options.max` connections, however
 * many lanes it has.
 */
export class SharedListenerPool implements PgPool {
  /** BullMQ reads this to decide whether a silently dropped LISTEN connection will be noticed. */
  readonly options = { keepAlive: true };
  #listener: Promise<ListenerConnection> | undefined;

  constructor(
    readonly pool: pg.Pool,
    readonly onError: (error: Error) => void,
  ) {}

  query<R>(text: string, params: readonly unknown[] = []): Promise<PgQueryResult<R>> {
    return this.pool.query<R & pg.QueryResultRow>(text, [...params]);
  }

  async connect(): Promise<PgPoolClient> {
    this.#listener ??= this.#open();
    return new ListenerShare(await this.#listener);
  }

  /** The pool reports its errors to `onError` once, not once a lane. */
  on(): this {
    return this;
  }

  removeAllListeners(): this {
    return this;
  }

  /** Called by the owner of the pool, after the lanes are closed. */
  async end(): Promise<void> {
    const listener = await this.#listener?.catch(() => undefined);
    this.#listener = undefined;
    await listener?.client.end();
    await this.pool.end();
  }

  #open(): Promise<ListenerConnection> {
    const client = new pg.Client({ ...this.pool.options, application_name: 'xf-queue-listener' });
    client.setMaxListeners(0);
    const opening = client.connect().then(() => new ListenerConnection(client));
    const forget = (): void => {
      if (this.#listener === opening) this.#listener = undefined;
    };
    client.on('error', (error) => {
      forget();
      this.onError(error);
    });
    client.on('end', forget);
    opening.catch(forget);
    return opening;
  }
}

import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import compression from 'compression';
import type { Logger } from 'pino';
import type { PrismaClient } from '#event-store';
import { AppModule } from './app.module.js';
import type { Settings } from './environment.js';
import { correlate } from './http/correlation.js';
import { serveDocs } from './http/docs.js';
import { jsonOnly } from './http/json-only.js';
import { logRequests } from './http/request-log.js';
import { requestRateLimit, securityHeaders } from './http/security.js';
import { inlineScripts, staticFiles } from './http/static-files.js';
import { nestLogger } from './logging.js';
import { Metrics } from './metrics/metrics.js';
import { bodyLimitBytes } from './problems/http-problem.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { checkDatabase, checkExposure, listenError } from './startup-checks.js';
import { DATABASE } from './tokens.js';

/** Replies that are still going when the coordinator stops get this long before they are cut. */
const drainMs = 2_000;

export interface Coordinator {
  app: NestExpressApplication;
  /** Begins to listen; answers the address, with the port that was picked. @throws StartupError */
  listen(): Promise<string>;
  /** Ends long replies, lets short ones finish, stops the background work and closes all connections. */
  stop(): Promise<void>;
}

function isEventStream(type: string | number | string[] | undefined): boolean {
  return String(type).startsWith('text/event-stream');
}

/** Schemas leave a field of this name out without a word, so that a label would be dropped that its operator gave. */
function refuseProto(name: string, value: unknown): unknown {
  if (name === '__proto__') throw new SyntaxError('__proto__ can’t be the name of a field or label; use another');
  return value;
}

function useMiddleware(app: NestExpressApplication, settings: Settings, log: Logger): void {
  app.disable('x-powered-by');
  app.use(correlate, logRequests(log), app.get(Metrics).measure, securityHeaders(inlineScripts()));
  app.use('/v1', requestRateLimit(settings.rateLimitPerMinute), jsonOnly);
  // Compressing would hold events back until a block is full.
  app.use(
    compression({ filter: (_, res) => !isEventStream(res.getHeader('Content-Type')) && compression.filter(_, res) }),
  );
  app.useBodyParser('json', { limit: bodyLimitBytes, reviver: refuseProto });
  for (const { path, handler } of staticFiles()) app.use(path, handler);
  serveDocs(app);
  app.useGlobalFilters(new ProblemFilter(app.getHttpAdapter().getInstance(), log));
}

/**
 * The coordinator, ready to listen; its background work has begun.
 *
 * @throws StartupError when its database can't be used, or when it would be open to others without a key.
 */
export async function createCoordinator(settings: Settings, log: Logger): Promise<Coordinator> {
  const stopping = new AbortController();
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.with({ settings, log, stopping: stopping.signal }),
    { bodyParser: false, logger: nestLogger(log), abortOnError: false },
  );
  const coordinator: Coordinator = {
    app,
    async listen() {
      try {
        await app.listen(settings.port, settings.host);
      } catch (error) {
        throw listenError(error, settings);
      }
      return app.getUrl();
    },
    async stop() {
      stopping.abort();
      const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), drainMs);
      try {
        await app.close();
      } finally {
        clearTimeout(cut);
      }
    },
  };
  try {
    const db = app.get<PrismaClient>(DATABASE);
    await checkDatabase(db);
    await checkExposure(db, settings);
    useMiddleware(app, settings, log);
    await app.init();
  } catch (error) {
    await coordinator.stop();
    throw error;
  }
  return coordinator;
}

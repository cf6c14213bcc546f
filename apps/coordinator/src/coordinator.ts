import type { Server as HttpsServer } from 'node:https';
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
import { traceRequests } from './http/request-trace.js';
import { CertificateError, readCertificate, serveRenewed } from './http/served-certificate.js';
import { requestRateLimit, securityHeaders } from './http/security.js';
import { inlineScripts, staticFiles } from './http/static-files.js';
import { nestLogger } from './logging.js';
import { Metrics } from './metrics/metrics.js';
import { bodyLimitBytes } from './problems/http-problem.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { checkDatabase, checkExposure, listenError, StartupError } from './startup-checks.js';
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
  if (settings.trustedProxies.length > 0) app.set('trust proxy', settings.trustedProxies);
  app.use(correlate, traceRequests, logRequests(log), app.get(Metrics).measure, securityHeaders(inlineScripts()));
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

/** The certificate of the settings. @throws StartupError */
function certificateOf({ tls }: Settings): ReturnType<typeof readCertificate> | null {
  try {
    return tls === null ? null : readCertificate(tls);
  } catch (error) {
    throw error instanceof CertificateError ? new StartupError(error.message, { cause: error }) : error;
  }
}

/**
 * The coordinator, ready to listen; its background work has begun.
 *
 * @throws StartupError when its database can't be used, or when it would be open to others without a key.
 */
export async function createCoordinator(settings: Settings, log: Logger): Promise<Coordinator> {
  const stopping = new AbortController();
  const certificate = certificateOf(settings);
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.with({ settings, log, stopping: stopping.signal }),
    {
      ...{ bodyParser: false, logger: nestLogger(log), abortOnError: false },
      ...(certificate === null ? {} : { httpsOptions: { cert: certificate.cert, key: certificate.key } }),
    },
  );
  const coordinator: Coordinator = {
    app,
    async listen() {
      try {
        await app.listen(settings.port, settings.host);
      } catch (error) {
        throw listenError(error, settings);
      }
      if (certificate !== null && settings.tls !== null) {
        const stopLooking = serveRenewed(app.getHttpServer() as HttpsServer, settings.tls, certificate, log);
        stopping.signal.addEventListener('abort', stopLooking);
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

// The console without a fleet: its files as the coordinator serves them, and the API's examples for answers, so that a spec can
// make them late, wrong or strange.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { projectRoot } from '../../apps/coordinator/src/project-root.js';
import { staticFiles } from '../../apps/coordinator/src/http/static-files.js';

const examples = JSON.parse(readFileSync(join(projectRoot(), 'apps/coordinator/api-examples.json'), 'utf8')) as Record<
  string,
  { reply: unknown }
>;

/** The answer of an operation, to be changed. */
export function example<T = Record<string, unknown>>(operation: string): T {
  const found = examples[operation];
  if (found === undefined) throw new Error(`there is no example of ${operation}`);
  return structuredClone(found.reply) as T;
}

/** A path of the API, and the operation whose example it answers; lists end with it. */
const answers: readonly (readonly [path: RegExp, operation: string])[] = [
  [/^\/demo$/, 'demo.read'],
  [/^\/replays\/outdated$/, 'replay.outdated'],
  [/^\/fleet$/, 'fleet.read'],
  [/^\/labels$/, 'labels.list'],
  [/^\/jobs$/, 'jobs.list'],
  [/^\/jobs\/preview$/, 'jobs.preview'],
  [/^\/jobs\/[^/]+$/, 'jobs.read'],
  [/^\/jobs\/[^/]+\/labels$/, 'jobs.label'],
  [/^\/jobs\/[^/]+\/overview$/, 'jobs.overview'],
  [/^\/jobs\/[^/]+\/results$/, 'jobs.results'],
  [/^\/runs$/, 'runs.list'],
  [/^\/runs\/[^/]+$/, 'runs.read'],
  [/^\/runs\/[^/]+\/histogram$/, 'runs.histogram'],
  [/^\/hosts$/, 'hosts.list'],
  [/^\/hosts\/[^/]+$/, 'hosts.read'],
  [/^\/hosts\/[^/]+\/boot-states$/, 'hosts.bootStates'],
  [/^\/host-actions$/, 'hostactions.act'],
  [/^\/host-groups$/, 'hostgroups.list'],
  [/^\/schedules$/, 'schedules.list'],
  [/^\/schedules\/[^/]+$/, 'schedules.read'],
  [/^\/schedules\/[^/]+\/pause$/, 'schedules.pause'],
  [/^\/notification-routes$/, 'notificationroutes.list'],
  [/^\/notification-routes\/[^/]+\/test$/, 'notificationroutes.test'],
  [/^\/notifications$/, 'notifications.list'],
  [/^\/notifications\/replay$/, 'notifications.replay'],
  [/^\/trends$/, 'trends.trends'],
  [/^\/regressions$/, 'regressions.list'],
  [/^\/regressions\/[^/]+$/, 'regressions.read'],
  [/^\/regressions\/[^/]+\/report$/, 'regressions.report'],
  [/^\/events$/, 'events.feed'],
  [/^\/compare$/, 'compare.compare'],
];

export interface ConsoleAlone {
  origin: string;
  close: () => Promise<void>;
}

export async function startConsoleAlone(): Promise<ConsoleAlone> {
  const app = express();
  // As a job that runs does, without an end.
  app.get('/v1/jobs/:jobId/progress', (_, response) => {
    response.type('text/event-stream');
    response.write('retry: 2000\n\n');
  });
  app.use('/v1', ({ path }, response) => {
    const operation = answers.find(([pattern]) => pattern.test(path))?.[1];
    if (operation === undefined) {
      response.status(404).json({ title: 'Not found', status: 404, detail: `No example of ${path}` });
      return;
    }
    const reply = example<object | string>(operation);
    response.send(typeof reply === 'object' && 'nextCursor' in reply ? { ...reply, nextCursor: null } : reply);
  });
  for (const { path, handler } of staticFiles()) app.use(path, handler);
  const server = app.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

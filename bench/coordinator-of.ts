import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Daemon } from '../test/chaos/daemon.js';
import type { PostgresServer } from '../test/chaos/postgres-server.js';

/** The built coordinator on a database of a bench's own, as a machine would run it. */
export function coordinatorOf(at: { postgres: PostgresServer; folder: string; port: number; key: string }): Daemon {
  const project = fileURLToPath(new URL('..', import.meta.url));
  return new Daemon({
    name: 'coordinator',
    command: process.execPath,
    args: [join(project, 'dist/apps/coordinator/src/main.js')],
    env: {
      ...{ PATH: process.env['PATH'] ?? '', HOME: at.folder },
      ...{ NODE_ENV: 'production', LOG_LEVEL: 'warn', MALLOC_ARENA_MAX: '2' },
      ...{ DATABASE_URL: at.postgres.loginUrl('coordinator'), PORT: String(at.port), XF_LOCAL_KEY: at.key },
    },
    cwd: project,
    logFile: join(at.folder, 'coordinator.log'),
    clockFile: join(at.folder, 'coordinator.clock'),
  });
}

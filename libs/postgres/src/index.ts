// The embedded cluster, migrations and logins, on plain `pg`.
export { startEmbeddedPostgres, type EmbeddedCluster, type EmbeddedOptions, type Login } from './embedded.js';
export { ensureLogin, groupRoles, type GroupRole } from './logins.js';
export { ensureDatabase, migrate } from './migrate.js';
export { PostgresError } from './postgres-error.js';

// How a process reaches coordinator, PostgreSQL and Redis: in the clear on this machine, elsewhere by checked TLS.
export { closed } from './closed.js';
export { exchange, type Asked, type Reply } from './exchange.js';
export { isLoopback } from './loopback.js';
export { isPooled } from './pooled.js';
export { PlainTextError, securedUrl } from './secured-url.js';
export { endSilentConnections, type SilenceLimits, unlessSilent } from './silent-connections.js';
export { tlsFault } from './tls-fault.js';
export { mayBePlain, readTrust, TrustError, type Trust } from './trust.js';

// Run as a process of its own by libs/logging/src/full-log.int.spec.ts: logs to stdout, serves until GET /exit.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog } from '#logging';

const log = createLog({ level: 'info', base: { service: 'test' } });
process.on('exit', () => log.info('from an exit handler'));
const server = createServer((request, response) => {
  log.info({ path: request.url }, 'request');
  if (request.url === '/exit') {
    log.info('exiting');
    log.fatal('last words');
    process.exit(3);
  }
  response.end('ok');
});
server.listen(0, '127.0.0.1', () => {
  log.info('listening');
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

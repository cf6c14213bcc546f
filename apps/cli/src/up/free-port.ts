import { createServer } from 'node:net';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

/** How many ports after the first are tried before saying that something is odd. */
const span = 100;

async function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') done(false);
      else failed(error);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => done(true)));
  });
}

/**
 * The wanted port, or the next free one after it when it was not insisted on.
 *
 * @throws CliError when the port that was insisted on is taken.
 */
export async function freePort(host: string, wanted: number, insist: boolean): Promise<number> {
  if (wanted === 0) return 0;
  for (let port = wanted; port < Math.min(wanted + span, 65_536); port += 1) {
    if (await canListen(host, port)) return port;
    if (insist) break;
  }
  throw new CliError(
    insist ? `port ${wanted} of ${host} is taken` : `ports ${wanted} to ${wanted + span - 1} of ${host} are all taken`,
    'stop the program that listens there, or choose another with --port (0 takes any free one)',
    exitCodes.failed,
  );
}

import { createServer } from 'node:net';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

/** How many ports after the first are tried before saying that something is odd. */
const span = 100;

/** The port that could be listened on (0 asks for any), or the error code that says why not. */
async function tryPort(host: string, port: number): Promise<number | string> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') done(error.code);
      else failed(error);
    });
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

/**
 * A port in numbers (so that a coordinator which is started again comes back under the same address): the wanted one,
 * or the next free one after it when it was not insisted on.
 *
 * @throws CliError when the port that was insisted on is taken.
 */
export async function freePort(host: string, wanted: number, insist: boolean): Promise<number> {
  let reason = '';
  for (let port = wanted; port < Math.min(wanted + span, 65_536); port += 1) {
    const found = await tryPort(host, port);
    if (typeof found === 'number') return found;
    reason = found === 'EACCES' ? 'is not allowed for this user' : 'is taken';
    if (insist) break;
  }
  throw new CliError(
    insist
      ? `port ${wanted} of ${host} ${reason}`
      : `none of the ports ${wanted} to ${wanted + span - 1} of ${host} is free`,
    'stop the program that listens there, or choose another with --port (0 takes any free one)',
    exitCodes.failed,
  );
}

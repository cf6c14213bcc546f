import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PlainTextError, readTrust, securedUrl, TrustError } from '#connect';
import * as z from 'zod';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

/** Where a coordinator answers and with what key. */
export interface Connection {
  url: string;
  key: string;
  /** PEM of the authorities that may have signed the coordinator's certificate; absent: the system's. */
  ca?: string;
  /** Tells a person that an answer is awaited; absent where nobody looks on. */
  tell?: (line: string) => void;
}

/** `<data folder>/local.json`: written by `xf up` (0600), removed when it stops. */
export const localFleetSchema = z.object({
  url: z.url(),
  key: z.string().min(1),
  /** The process that runs the fleet. */
  pid: z.int().positive(),
  startedAt: z.iso.datetime(),
  /** Event store and queue as the worker's login, for more workers on this machine. */
  workerDatabaseUrl: z.string().optional(),
});
export type LocalFleet = z.infer<typeof localFleetSchema>;

export const localFleetFile = (dataDir: string): string => path.join(dataDir, 'local.json');

/** What the local fleet says of itself, or null when none runs here (or it was killed and cleaned nothing up). */
export async function readLocalFleet(dataDir: string): Promise<LocalFleet | null> {
  let text: string;
  try {
    text = await readFile(localFleetFile(dataDir), 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new CliError(
      `can't read ${localFleetFile(dataDir)}: ${(error as Error).message}`,
      'run xf as the user who started the fleet, or give --url and --key',
      exitCodes.unreachable,
    );
  }
  try {
    return localFleetSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

export interface ConnectionOptions {
  url?: string | undefined;
  key?: string | undefined;
}

/** How a coordinator is to be spoken to. @throws CliError when the key would travel in the clear, or XF_CA_FILE is of no use */
function trusted(url: string, key: string, environment: NodeJS.ProcessEnv): Connection {
  try {
    const trust = readTrust(environment);
    return { url: securedUrl(url, trust), key, ...(trust.ca === null ? {} : { ca: trust.ca }) };
  } catch (error) {
    if (error instanceof TrustError)
      throw new CliError(error.message, 'correct it, or unset it to go by the system’s authorities', exitCodes.usage);
    if (!(error instanceof PlainTextError)) throw error;
    const [fault, ...remedy] = error.message.split('; ');
    throw new CliError(`--url "${url}" ${fault}`, remedy.join('; '), exitCodes.usage);
  }
}

/**
 * Options first, then XF_URL and XF_KEY, then the fleet that runs on this machine. The local key is only ever sent to
 * the local fleet.
 *
 * @throws CliError when nothing names a coordinator, or the URL can't be read.
 */
export async function findConnection(
  options: ConnectionOptions,
  environment: NodeJS.ProcessEnv,
  dataDir: string,
): Promise<Connection> {
  const url = options.url ?? environment['XF_URL'];
  const key = options.key ?? environment['XF_KEY'];
  if (url !== undefined) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new CliError(
        `--url "${url}" is not an http(s) URL`,
        'write for example http://127.0.0.1:3000',
        exitCodes.usage,
      );
    }
    const local = key === undefined ? await readLocalFleet(dataDir) : null;
    const localKey = local !== null && new URL(local.url).origin === new URL(url).origin ? local.key : undefined;
    const found = key ?? localKey;
    if (found === undefined) {
      throw new CliError(
        'no API key is given',
        'set XF_KEY or --key; an admin makes keys with xf keys create',
        exitCodes.refused,
      );
    }
    return trusted(url.replace(/\/+$/, ''), found, environment);
  }
  const local = await readLocalFleet(dataDir);
  if (local === null) {
    throw new CliError(
      'no coordinator is known: no fleet runs on this machine, and neither --url nor XF_URL is set',
      'start one with npm start, or set XF_URL and XF_KEY',
      exitCodes.unreachable,
    );
  }
  return { url: local.url, key: key ?? local.key };
}

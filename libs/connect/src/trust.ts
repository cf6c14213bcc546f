import { readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { isLoopback } from './loopback.js';

/** By whose signature this process knows the servers that it connects to, and to which it speaks in the clear. */
export interface Trust {
  /** PEM file of certificate authorities, in place of the system's; null: the system's. */
  caFile: string | null;
  /** What stands in it. */
  ca: string | null;
  /** Hosts, beside loopback, that the network in between may read: those of a compose file's own network, say. */
  plainHosts: readonly string[];
}

/** What is wrong with XF_CA_FILE or XF_PLAIN_HOSTS. */
export class TrustError extends Error {
  override readonly name = 'TrustError';
  constructor(
    readonly setting: 'XF_CA_FILE' | 'XF_PLAIN_HOSTS',
    readonly fault: string,
    options?: ErrorOptions,
  ) {
    super(`${setting} ${fault}`, options);
  }
}

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function readCa(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new TrustError('XF_CA_FILE', `names a file that can't be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const found = text.match(certificate) ?? [];
  const fault = `names ${path}, which must hold certificates of authorities in PEM form (-----BEGIN CERTIFICATE-----)`;
  if (found.length === 0) throw new TrustError('XF_CA_FILE', fault);
  try {
    for (const one of found) new X509Certificate(one);
  } catch (error) {
    throw new TrustError('XF_CA_FILE', `${fault}: ${(error as Error).message}`, { cause: error });
  }
  return text;
}

/** Names and addresses as a URL has them, without scheme and port. */
const hostPattern = /^[A-Za-z0-9._-]+$|^\[?[0-9A-Fa-f:.]+\]?$/;

/**
 * Reads XF_CA_FILE and XF_PLAIN_HOSTS (names with commas in between); empty counts as not set.
 *
 * @throws TrustError
 */
export function readTrust(environment: Readonly<Record<string, string | undefined>>): Trust {
  const caFile = environment['XF_CA_FILE'] || null;
  const plainHosts = (environment['XF_PLAIN_HOSTS'] ?? '')
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== '');
  const wrong = plainHosts.find((host) => !hostPattern.test(host));
  if (wrong !== undefined) {
    throw new TrustError(
      'XF_PLAIN_HOSTS',
      `must be host names or addresses with commas in between, for example postgres,redis; "${wrong}" is none`,
    );
  }
  return { caFile, ca: caFile === null ? null : readCa(caFile), plainHosts };
}

/** Whether what is said to a host may be said in the clear. */
export function mayBePlain(host: string, { plainHosts }: Pick<Trust, 'plainHosts'>): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return isLoopback(bare) || plainHosts.some((plain) => plain.replace(/^\[(.*)\]$/, '$1') === bare);
}

import { mayBePlain, type Trust } from './trust.js';

/** An address by which secrets would travel in the clear. The URL itself is not shown: it may hold a password. */
export class PlainTextError extends Error {
  override readonly name = 'PlainTextError';
}

const orAllow = (host: string) =>
  `or, where nobody else can read the network in between, list ${host} in XF_PLAIN_HOSTS`;

/** The host that `pg` connects to: a parameter counts before the address, the last of several. */
function postgresHost(url: URL): string {
  return url.searchParams.getAll('host').at(-1) ?? decodeURIComponent(url.hostname);
}

function securedPostgres(given: string, url: URL, trust: Trust): string {
  const host = postgresHost(url);
  if (host === '') throw new PlainTextError('names no host; write for example postgres://db.example:5432/xperf');
  if (host.startsWith('/')) return given; // a socket of this machine
  const mode = url.searchParams.getAll('sslmode').at(-1);
  const ssl = url.searchParams.getAll('ssl').at(-1);
  if (ssl !== undefined || (mode !== undefined && mode !== 'verify-full' && mode !== 'disable')) {
    const said = mode === undefined ? `ssl=${ssl}` : `sslmode=${mode}`;
    throw new PlainTextError(
      `has ${said}, which does not say that the server's certificate is checked; write sslmode=verify-full`,
    );
  }
  const isPlain = mode === 'disable' || (mode === undefined && mayBePlain(host, trust));
  if (isPlain && !mayBePlain(host, trust)) {
    throw new PlainTextError(`has sslmode=disable for ${host}; write sslmode=verify-full, ${orAllow(host)}`);
  }
  if (isPlain && mode === undefined) return given;
  url.searchParams.set('sslmode', isPlain ? 'disable' : 'verify-full');
  if (!isPlain && trust.caFile !== null && !url.searchParams.has('sslrootcert'))
    url.searchParams.set('sslrootcert', trust.caFile);
  return url.href;
}

function securedRedis(given: string, url: URL, trust: Trust): string {
  if (url.protocol === 'rediss:') {
    if (trust.caFile === null || url.searchParams.has('sslrootcert')) return given;
    url.searchParams.set('sslrootcert', trust.caFile);
    return url.href;
  }
  if (mayBePlain(url.hostname, trust)) return given;
  throw new PlainTextError(
    `would send its password to ${url.hostname} in the clear; write rediss://, ${orAllow(url.hostname)}`,
  );
}

/**
 * The address as whoever connects must use it. Off this machine, and off the hosts of XF_PLAIN_HOSTS, that is TLS with the server's
 * certificate checked; the URL then says so itself (`sslmode=verify-full`, `sslrootcert=…`), for every client of it.
 *
 * @param given a URL of PostgreSQL, Redis or HTTP
 * @throws PlainTextError what is wrong with it, to be read after the name of its setting
 */
export function securedUrl(given: string, trust: Trust): string {
  const url = new URL(given);
  if (/^postgres(ql)?:$/.test(url.protocol)) return securedPostgres(given, url, trust);
  if (/^rediss?:$/.test(url.protocol)) return securedRedis(given, url, trust);
  if (url.protocol === 'https:' || mayBePlain(url.hostname, trust)) return given;
  throw new PlainTextError(
    `would send a secret to ${url.hostname} in the clear; write https://, ${orAllow(url.hostname)}`,
  );
}

import { isPooled, mayBePlain, PlainTextError, readTrust, securedUrl, type Trust, TrustError } from '#connect';
import * as z from 'zod';
import type { FollowerLimits } from './jobs/followers.js';
import type { QuarantineLimits } from './reconcile/quarantine-by-rule.js';

/** A wrong or missing environment variable; the message names every one of them, what is wrong and the remedy. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

function urlWith(protocols: readonly string[], example: string): z.ZodType<string, string> {
  return z.string().superRefine((text, context) => {
    const protocol = URL.canParse(text) ? new URL(text).protocol : null;
    if (protocol === null || !protocols.includes(protocol)) {
      context.addIssue({
        code: 'custom',
        message: `is not a ${protocols.join(' or ')} URL; write for example ${example}`,
      });
    }
  });
}

const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(from, `must be at least ${from}`).max(to, `must be at most ${to}`));

/** `10.0.0.7` or `10.0.0.0/8`. */
const networkSchema = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);
const isNetwork = (text: string): boolean => networkSchema.safeParse(text).success;

const postgresExample = 'postgres://xf_coordinator:secret@127.0.0.1:5432/xperf';

const environmentSchema = z.object({
  DATABASE_URL: urlWith(['postgres:', 'postgresql:'], postgresExample),
  QUEUE_URL: urlWith(
    ['postgres:', 'postgresql:', 'redis:', 'rediss:'],
    `redis://127.0.0.1:6379, or leave it out to queue on DATABASE_URL`,
  ).optional(),
  DIRECT_DATABASE_URL: urlWith(['postgres:', 'postgresql:'], postgresExample).optional(),
  XF_TLS_CERT_FILE: z.string().optional(),
  XF_TLS_KEY_FILE: z.string().optional(),
  XF_PUBLIC_URL: urlWith(['http:', 'https:'], 'https://fleet.example').optional(),
  XF_WORKER_DATABASE_URL: urlWith(['postgres:', 'postgresql:'], 'postgres://db.example:5432/xperf').optional(),
  XF_WORKER_QUEUE_URL: urlWith(
    ['postgres:', 'postgresql:', 'redis:', 'rediss:'],
    'rediss://queue.example:6379',
  ).optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(3000),
  XF_LOCAL_KEY: z
    .string()
    .regex(/^xf_admin_[A-Za-z0-9_-]{43}$/, 'must be a key of the form xf_admin_<43 characters of base64url>')
    .optional(),
  XF_BOOTSTRAP_ADMIN_KEY_HASH: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of a key as 64 lower-case hex digits')
    .optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LEASE_MS: wholeNumber(1_000, 3_600_000).default(30_000),
  HEARTBEAT_MS: wholeNumber(100, 600_000).default(5_000),
  QUARANTINE_AFTER_FAILURES: z
    .string()
    .refine(
      (text) => text === 'off' || (/^\d+$/.test(text) && Number(text) >= 3 && Number(text) <= 1_000),
      'must be 3 to 1000 runs, or off',
    )
    .default('10'),
  QUARANTINE_NOISE: z.enum(['off', 'D'], { error: 'must be D or off' }).default('off'),
  RATE_LIMIT_PER_MINUTE: wholeNumber(1, 10_000_000).default(60_000),
  STREAMS_PER_KEY: wholeNumber(1, 100_000).default(1_000),
  STREAMS_IN_ALL: wholeNumber(1, 100_000).default(2_000),
  XF_TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .refine(
      (all) => all.every(isNetwork),
      'must be addresses or networks, separated by commas, for example 127.0.0.1,10.0.0.0/8',
    )
    .default([]),
  REGRESSION_LOOK_EVERY_MIN: z
    .string()
    .refine(
      (text) => text === 'off' || (/^\d+$/.test(text) && Number(text) >= 10 && Number(text) <= 10_080),
      'must be 10 to 10080 whole minutes, or off',
    )
    .default('1440'),
});

/** PEM files: a certificate with those between it and its authority, and its key. */
export interface TlsFiles {
  certFile: string;
  keyFile: string;
}

/** Everything that the coordinator is given from outside. Times in milliseconds. */
export interface Settings {
  databaseUrl: string;
  /** PostgreSQL itself, where `databaseUrl` leads through a pooler, for what needs a session; else the same. */
  directDatabaseUrl: string;
  /** `postgres://…` or `redis://…`. */
  queueUrl: string;
  /** The certificate to listen with, read again when it is renewed; null: in the clear. */
  tls: TlsFiles | null;
  /** Where workers reach this API, without a slash at its end; null: where whoever invites them does. */
  publicUrl: string | null;
  /** Where workers that join reach the database, any login in it left out; null: where this coordinator does. */
  workerDatabaseUrl: string | null;
  /** Where they reach a queue that is not the database's, with the login that all of them share. */
  workerQueueUrl: string | null;
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** The one key that `xf up` makes; believed only from loopback connections. */
  localKey: string | null;
  /** Hex SHA-256 of a key that counts as admin while api_keys has no admin key that is not revoked. */
  bootstrapAdminKeyHash: string | null;
  logLevel: string;
  leaseMs: number;
  heartbeatMs: number;
  /** When a host is quarantined without a person. */
  quarantine: QuarantineLimits;
  /** Proxies whose word is believed on who asks; none of what they send counts as this machine's. */
  trustedProxies: string[];
  /** Requests that one address may make in a minute. */
  rateLimitPerMinute: number;
  /** Progress streams that may be open at a time. */
  streams: FollowerLimits;
  /** From one look for regressions to the next; null: only when somebody asks. */
  lookEveryMs: number | null;
}

function explain(issue: z.core.$ZodIssue): string {
  const name = String(issue.path[0]);
  if (issue.code === 'invalid_type')
    return `${name} is not set; set it${name === 'DATABASE_URL' ? `, for example ${postgresExample}` : ''}`;
  return `${name} ${issue.message}`;
}

type Environment = z.output<typeof environmentSchema>;
type Given = Readonly<Record<string, string | undefined>>;
type Addresses = Pick<
  Settings,
  'databaseUrl' | 'directDatabaseUrl' | 'queueUrl' | 'publicUrl' | 'workerDatabaseUrl' | 'workerQueueUrl'
>;

/** What `readTrust` gives. @throws EnvironmentError */
function trustOf(given: Given): Trust {
  try {
    return readTrust(given);
  } catch (error) {
    throw error instanceof TrustError ? new EnvironmentError(error.message) : error;
  }
}

/** The addresses as they are to be used, none of them in the clear off this machine. @throws EnvironmentError */
function securedAddresses(env: Environment, given: Given): Addresses {
  const trust = trustOf(given);
  const faults: string[] = [];
  const secured = (name: keyof Environment, url: string, theirs = false): string => {
    try {
      // Where our file of authorities is means nothing on a worker's machine.
      return securedUrl(url, theirs ? { ...trust, caFile: null } : trust);
    } catch (error) {
      if (!(error instanceof PlainTextError)) throw error;
      faults.push(`${name} ${error.message}`);
      return url;
    }
  };
  const optional = (name: 'XF_PUBLIC_URL' | 'XF_WORKER_DATABASE_URL' | 'XF_WORKER_QUEUE_URL'): string | null => {
    const url = env[name];
    return url === undefined ? null : secured(name, url, true);
  };
  const { DIRECT_DATABASE_URL: direct, DATABASE_URL: database } = env;
  if (isPooled(database) && direct === undefined) {
    faults.push(
      'DIRECT_DATABASE_URL is not set; DATABASE_URL leads through a pooler (pgbouncer=true): set it to PostgreSQL’s own address, for what needs a session',
    );
  }
  for (const name of ['DIRECT_DATABASE_URL', 'QUEUE_URL', 'XF_WORKER_QUEUE_URL'] as const) {
    if (isPooled(env[name] ?? 'none:'))
      faults.push(
        `${name} leads through a pooler (pgbouncer=true), where LISTEN is lost; write PostgreSQL’s own address`,
      );
  }
  const databaseUrl = secured('DATABASE_URL', database);
  const directDatabaseUrl = direct === undefined ? databaseUrl : secured('DIRECT_DATABASE_URL', direct);
  const addresses = {
    ...{ databaseUrl, directDatabaseUrl },
    queueUrl: env.QUEUE_URL === undefined ? directDatabaseUrl : secured('QUEUE_URL', env.QUEUE_URL),
    publicUrl: optional('XF_PUBLIC_URL')?.replace(/\/+$/, '') ?? null,
    workerDatabaseUrl: optional('XF_WORKER_DATABASE_URL'),
    workerQueueUrl: optional('XF_WORKER_QUEUE_URL'),
  };
  if (faults.length > 0) throw new EnvironmentError(faults.join('\n'));
  return addresses;
}

/** @throws EnvironmentError where keys would travel in the clear to whoever reads the network */
function listeningTls({ HOST, XF_TLS_CERT_FILE, XF_TLS_KEY_FILE }: Environment, given: Given): TlsFiles | null {
  if (XF_TLS_CERT_FILE !== undefined && XF_TLS_KEY_FILE !== undefined)
    return { certFile: XF_TLS_CERT_FILE, keyFile: XF_TLS_KEY_FILE };
  if (XF_TLS_CERT_FILE !== undefined || XF_TLS_KEY_FILE !== undefined)
    throw new EnvironmentError('XF_TLS_CERT_FILE and XF_TLS_KEY_FILE belong together; set both, or none');
  if (mayBePlain(HOST, trustOf(given))) return null;
  throw new EnvironmentError(
    `HOST: keys would travel to ${HOST} in the clear; set XF_TLS_CERT_FILE and XF_TLS_KEY_FILE, or, where TLS ends at a proxy in front, XF_PLAIN_HOSTS=${HOST}`,
  );
}

/**
 * Reads the settings from the environment. An empty variable counts as not set.
 *
 * @throws EnvironmentError with one line for each variable that is wrong. Values are never repeated: they may be secret.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) throw new EnvironmentError(parsed.error.issues.map(explain).join('\n'));
  const env = parsed.data;
  if (env.HEARTBEAT_MS * 2 > env.LEASE_MS) {
    throw new EnvironmentError('LEASE_MS must be at least twice HEARTBEAT_MS, or a live worker would lose its runs');
  }
  return {
    ...securedAddresses(env, given),
    tls: listeningTls(env, given),
    host: env.HOST,
    port: env.PORT,
    localKey: env.XF_LOCAL_KEY ?? null,
    bootstrapAdminKeyHash: env.XF_BOOTSTRAP_ADMIN_KEY_HASH ?? null,
    logLevel: env.LOG_LEVEL,
    leaseMs: env.LEASE_MS,
    heartbeatMs: env.HEARTBEAT_MS,
    quarantine: {
      failures: env.QUARANTINE_AFTER_FAILURES === 'off' ? null : Number(env.QUARANTINE_AFTER_FAILURES),
      noise: env.QUARANTINE_NOISE === 'D',
    },
    trustedProxies: env.XF_TRUSTED_PROXIES,
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    streams: { ofKey: env.STREAMS_PER_KEY, inAll: env.STREAMS_IN_ALL },
    lookEveryMs: env.REGRESSION_LOOK_EVERY_MIN === 'off' ? null : Number(env.REGRESSION_LOOK_EVERY_MIN) * 60_000,
  };
}

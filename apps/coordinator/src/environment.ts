import { z } from 'zod';
import type { QuarantineLimits } from './reconcile/quarantine-by-rule.js';

/** A wrong or missing environment variable; the message names every one of them, what is wrong and the remedy. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

const loopbackHosts = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether an address to listen on can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return loopbackHosts.has(host) || /^127\.\d+\.\d+\.\d+$/.test(host);
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

const postgresExample = 'postgres://xf_coordinator:secret@127.0.0.1:5432/xperf';

const environmentSchema = z.object({
  DATABASE_URL: urlWith(['postgres:', 'postgresql:'], postgresExample),
  QUEUE_URL: urlWith(
    ['postgres:', 'postgresql:', 'redis:', 'rediss:'],
    `redis://127.0.0.1:6379, or leave it out to queue on DATABASE_URL`,
  ).optional(),
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
  REGRESSION_LOOK_EVERY_MIN: z
    .string()
    .refine(
      (text) => text === 'off' || (/^\d+$/.test(text) && Number(text) >= 10 && Number(text) <= 10_080),
      'must be 10 to 10080 whole minutes, or off',
    )
    .default('1440'),
});

/** Everything that the coordinator is given from outside. Times in milliseconds. */
export interface Settings {
  databaseUrl: string;
  /** `postgres://…` or `redis://…`. */
  queueUrl: string;
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
  /** Requests that one address may make in a minute. */
  rateLimitPerMinute: number;
  /** From one look for regressions to the next; null: only when somebody asks. */
  lookEveryMs: number | null;
}

function explain(issue: z.core.$ZodIssue): string {
  const name = String(issue.path[0]);
  if (issue.code === 'invalid_type')
    return `${name} is not set; set it${name === 'DATABASE_URL' ? `, for example ${postgresExample}` : ''}`;
  return `${name} ${issue.message}`;
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
    databaseUrl: env.DATABASE_URL,
    queueUrl: env.QUEUE_URL ?? env.DATABASE_URL,
    publicUrl: env.XF_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    workerDatabaseUrl: env.XF_WORKER_DATABASE_URL ?? null,
    workerQueueUrl: env.XF_WORKER_QUEUE_URL ?? null,
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
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    lookEveryMs: env.REGRESSION_LOOK_EVERY_MIN === 'off' ? null : Number(env.REGRESSION_LOOK_EVERY_MIN) * 60_000,
  };
}

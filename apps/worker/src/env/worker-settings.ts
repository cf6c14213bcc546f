import { workerIdSchema } from '#contracts';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import type { NoiseMode } from '../noise/noise-keeper.js';
import { servedHostSchema, type ServedHost } from './served-host.js';
import { SettingsError } from './settings-error.js';

const servedHostsSchema = z
  .array(servedHostSchema)
  .min(1)
  .max(10_000)
  .refine((hosts) => new Set(hosts.map(({ hostId }) => hostId)).size === hosts.length, 'host ids must differ');

/** JSON, or `@` and the path of a file that holds it: a variable holds 128 kB at most, some 1,500 hosts. */
const jsonSchema = z.string().transform((given, context) => {
  let text = given;
  try {
    if (given.startsWith('@')) text = readFileSync(given.slice(1), 'utf8');
  } catch (error) {
    context.addIssue({ code: 'custom', message: `names a file that can't be read: ${(error as Error).message}` });
    return z.NEVER;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    context.addIssue({ code: 'custom', message: `is not JSON: ${(error as Error).message}` });
    return z.NEVER;
  }
});

function urlSchema(protocols: readonly string[], example: string): z.ZodType<string> {
  return z
    .string({ error: `is not set; for example ${example}` })
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      error: `must be a URL beginning ${protocols.map((protocol) => `${protocol}//`).join(' or ')}, for example ${example}`,
    });
}

const database = ['postgres:', 'postgresql:'];

const environmentSchema = z.object({
  DATABASE_URL: urlSchema(database, 'postgresql://worker:secret@db.example:5432/xperf'),
  QUEUE_URL: urlSchema([...database, 'redis:', 'rediss:'], 'redis://queue.example:6379').optional(),
  COORDINATOR_URL: urlSchema(['http:', 'https:'], 'http://127.0.0.1:3000'),
  WORKER_KEY: z.string({ error: 'is not set; make a key of role worker with POST /v1/keys' }).min(1),
  WORKER_ID: workerIdSchema.default(() => idFromHostname(hostname())),
  WORKER_HOSTS: jsonSchema.pipe(servedHostsSchema).optional(),
  WORKER_REPLACE_HOSTS: z.enum(['0', '1'], { error: 'must be 1 or 0' }).default('0'),
  WORKER_CACHE_DIR: z.string().min(1).optional(),
  XDG_CACHE_HOME: z.string().optional(),
  HOME: z.string().optional(),
  WORKER_NOISE_CONTROL: z
    .enum(['off', 'read', 'apply'], {
      error: 'must be off, read (look before each run) or apply (as root: also set what can be set, for each run)',
    })
    .default('read'),
  WORKER_NOISE_ROOT: z.string().startsWith('/', 'must be a full path').default('/'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

/** The machine's name as an id: lower case, what an id can't hold replaced. */
export function idFromHostname(name: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, 63);
  return id === '' ? 'host' : id;
}

export interface WorkerSettings {
  databaseUrl: string;
  queueUrl: string;
  coordinatorUrl: string;
  workerKey: string;
  workerId: string;
  hosts: ServedHost[];
  /** Hosts may have become other machines under their names. */
  replaceHosts: boolean;
  /** Where compiled programs and the worker's instance id are kept. */
  cacheDir: string;
  /** Where `npm run kernel:build` leaves its images; WORKER_CACHE_DIR does not move them. */
  kernelDir: string;
  noiseControl: NoiseMode;
  /** Where this machine's proc and sys are: `/`, but in a container that has the host's mounted elsewhere. */
  noiseRoot: string;
  logLevel: string;
}

/**
 * Reads the worker's settings from its environment. Without WORKER_HOSTS it serves one host, this machine, with the
 * stock-host executor.
 *
 * @throws SettingsError naming each variable that is wrong and what it should be; secrets are not repeated.
 */
export function readSettings(environment: NodeJS.ProcessEnv): WorkerSettings {
  const { data, error } = environmentSchema.safeParse(environment);
  if (error !== undefined) {
    const lines = error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
    throw new SettingsError(`the worker's environment is not usable:\n  ${lines.join('\n  ')}`);
  }
  const cacheHome =
    data.XDG_CACHE_HOME || (data.HOME ? `${data.HOME}/.cache` : `/tmp/xperf-fleet-${process.getuid?.() ?? 0}`);
  return {
    databaseUrl: data.DATABASE_URL,
    queueUrl: data.QUEUE_URL ?? data.DATABASE_URL,
    coordinatorUrl: data.COORDINATOR_URL.replace(/\/+$/, ''),
    workerKey: data.WORKER_KEY,
    workerId: data.WORKER_ID,
    hosts: data.WORKER_HOSTS ?? [{ hostId: data.WORKER_ID, executors: ['stock-host'], labels: {} }],
    replaceHosts: data.WORKER_REPLACE_HOSTS === '1',
    cacheDir: data.WORKER_CACHE_DIR ?? `${cacheHome}/xperf-fleet`,
    kernelDir: `${cacheHome}/xperf-fleet/kernel`,
    noiseControl: data.WORKER_NOISE_CONTROL,
    noiseRoot: data.WORKER_NOISE_ROOT,
    logLevel: data.LOG_LEVEL,
  };
}

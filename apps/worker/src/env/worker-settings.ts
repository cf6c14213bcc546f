import { workerIdSchema } from '#contracts';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import * as z from 'zod';
import { type ConfigFile, nearest, readConfigFile } from './config-file.js';
import type { NoiseMode } from '../noise/noise-keeper.js';
import { type Addresses, securedAddresses } from './secured-addresses.js';
import { servedHostNames, servedHostSchema, type ServedHost } from './served-host.js';
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
  COORDINATOR_URL: urlSchema(['http:', 'https:'], 'https://fleet.example'),
  WORKER_KEY: z.string({ error: 'is not set; make a key of role worker with POST /v1/keys' }).min(1),
  WORKER_ID: workerIdSchema.default(() => idFromHostname(hostname())),
  WORKER_HOSTS: jsonSchema.pipe(servedHostsSchema).optional(),
  WORKER_REPLACE_HOSTS: z.enum(['0', '1'], { error: 'must be 1 or 0' }).default('0'),
  WORKER_CACHE_DIR: z.string().min(1).optional(),
  WORKER_KERNEL_DIR: z.string().startsWith('/', 'must be a full path').optional(),
  WORKER_DRAIN_MIN: z
    .string()
    .regex(/^\d{1,4}$/, 'must be whole minutes, 0 to 1440')
    .transform(Number)
    .pipe(z.number().max(1_440, 'must be 1440 minutes at most'))
    .default(0),
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

export interface WorkerSettings extends Addresses {
  workerKey: string;
  workerId: string;
  hosts: ServedHost[];
  /** Hosts may have become other machines under their names. */
  replaceHosts: boolean;
  /** Where compiled programs and the worker's instance id are kept. */
  cacheDir: string;
  /** Where `npm run kernel:build` leaves its images; WORKER_CACHE_DIR does not move them. */
  kernelDir: string;
  /** How long runs under way may go on after SIGTERM. */
  drainMs: number;
  noiseControl: NoiseMode;
  /** Where this machine's proc and sys are: `/`, but in a container that has the host's mounted elsewhere. */
  noiseRoot: string;
  logLevel: string;
}

/** An issue of Zod's, or one like it; `keys` are names that are not known. */
interface Issue {
  path: readonly PropertyKey[];
  message: string;
  keys?: readonly string[];
}

/** What is wrong with a setting, and where it stands: in the environment or in the file. */
function explain(issue: Issue, environment: NodeJS.ProcessEnv, file: ConfigFile | null): string[] {
  const variable = String(issue.path[0]);
  const inFile = file !== null && environment[variable] === undefined;
  const place = (path: readonly PropertyKey[]) => (inFile ? file.place(path) : path.map(String).join('.'));
  if (issue.keys === undefined) return [`${place(issue.path)}: ${issue.message}`];
  return issue.keys.map((key) => {
    const meant = nearest(key, servedHostNames);
    return `${place([...issue.path, key])} is not known; ${meant === null ? `known are ${servedHostNames.join(', ')}` : `did you mean ${meant}?`}`;
  });
}

/** The file that XF_WORKER_CONFIG names. @throws SettingsError */
function configFile(path: string | undefined): ConfigFile | null {
  if (path === undefined || path === '') return null;
  try {
    return readConfigFile(basename(path), readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    throw new SettingsError(`XF_WORKER_CONFIG names a file that can't be read: ${(error as Error).message}`);
  }
}

/**
 * Reads the worker's settings from the file that XF_WORKER_CONFIG names, if any, and from its environment, which counts before
 * the file. Without hosts it serves one, this machine, with the stock-host executor.
 *
 * @throws SettingsError naming each setting that is wrong and what it should be; secrets are not repeated.
 */
export function readSettings(environment: NodeJS.ProcessEnv): WorkerSettings {
  const file = configFile(environment['XF_WORKER_CONFIG']);
  const { data, error } = environmentSchema.safeParse({ ...file?.environment, ...environment });
  if (error !== undefined) {
    const lines = error.issues.flatMap((issue) => explain(issue, environment, file));
    throw new SettingsError(`the worker's settings are not usable:\n  ${lines.join('\n  ')}`);
  }
  const { addresses, faults } = securedAddresses(data, { ...file?.environment, ...environment });
  if (faults.length > 0) {
    const lines = faults.flatMap(({ variable, message }) => explain({ path: [variable], message }, environment, file));
    throw new SettingsError(`the worker's settings are not usable:\n  ${lines.join('\n  ')}`);
  }
  const cacheHome =
    data.XDG_CACHE_HOME || (data.HOME ? `${data.HOME}/.cache` : `/tmp/xperf-fleet-${process.getuid?.() ?? 0}`);
  return {
    ...addresses,
    workerKey: data.WORKER_KEY,
    workerId: data.WORKER_ID,
    hosts: data.WORKER_HOSTS ?? [{ hostId: data.WORKER_ID, executors: ['stock-host'], labels: {} }],
    replaceHosts: data.WORKER_REPLACE_HOSTS === '1',
    cacheDir: data.WORKER_CACHE_DIR ?? `${cacheHome}/xperf-fleet`,
    kernelDir: data.WORKER_KERNEL_DIR ?? `${cacheHome}/xperf-fleet/kernel`,
    drainMs: data.WORKER_DRAIN_MIN * 60_000,
    noiseControl: data.WORKER_NOISE_CONTROL,
    noiseRoot: data.WORKER_NOISE_ROOT,
    logLevel: data.LOG_LEVEL,
  };
}

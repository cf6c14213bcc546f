// worker.yaml: the same settings as the environment's, under names of their own, each with the line it stands in.
import { distance } from 'fastest-levenshtein';
import { CORE_SCHEMA, EVENT_ID, getScalarValue, load, parseEvents, type Event, YAMLException } from 'js-yaml';
import { SettingsError } from './settings-error.js';

/** What a name in the file is called in the environment. Folders and the time to stop are the service unit's to say. */
export const variableOf = {
  coordinatorUrl: 'COORDINATOR_URL',
  key: 'WORKER_KEY',
  databaseUrl: 'DATABASE_URL',
  queueUrl: 'QUEUE_URL',
  caFile: 'XF_CA_FILE',
  plainHosts: 'XF_PLAIN_HOSTS',
  workerId: 'WORKER_ID',
  hosts: 'WORKER_HOSTS',
  replaceHosts: 'WORKER_REPLACE_HOSTS',
  noiseControl: 'WORKER_NOISE_CONTROL',
  noiseRoot: 'WORKER_NOISE_ROOT',
  logLevel: 'LOG_LEVEL',
} as const;
type Name = keyof typeof variableOf;
const names = Object.keys(variableOf) as Name[];

export interface ConfigFile {
  /** The settings in it, as the environment would have them. */
  environment: Record<string, string>;
  /** Says of a variable, and of what is below it, where it stands in the file: `worker.yaml line 7: hosts[0].labels`. */
  place(path: readonly PropertyKey[]): string;
}

/** The name that was perhaps meant: at most a third of its letters away, at least two. */
export function nearest(written: string, known: readonly string[]): string | null {
  const [best] = known
    .map((name) => ({ name, edits: distance(written.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= Math.max(2, Math.floor(best.name.length / 3)) ? best.name : null;
}

const pathText = (path: readonly PropertyKey[]): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`)).join('');

/** The offset of each key and item of a document, by its path. */
function offsets(text: string, events: readonly Event[]): Map<string, number> {
  const found = new Map<string, number>();
  let at = 0;
  const walk = (path: readonly PropertyKey[]): void => {
    const event = events[at++];
    if (event?.type === EVENT_ID.SEQUENCE) {
      for (let i = 0; events[at]?.type !== EVENT_ID.POP; i += 1) {
        const item = events[at];
        if (item !== undefined && 'start' in item) found.set(pathText([...path, i]), item.start);
        if (item?.type === EVENT_ID.SCALAR) found.set(pathText([...path, i]), item.valueStart);
        walk([...path, i]);
      }
      at += 1;
    } else if (event?.type === EVENT_ID.MAPPING) {
      while (events[at] !== undefined && events[at]?.type !== EVENT_ID.POP) {
        const key = events[at];
        const own = key?.type === EVENT_ID.SCALAR ? [...path, getScalarValue(text, key)] : path;
        if (key?.type === EVENT_ID.SCALAR) found.set(pathText(own), key.valueStart);
        walk(path);
        walk(own);
      }
      at += 1;
    }
  };
  if (events[at]?.type === EVENT_ID.DOCUMENT) at += 1;
  walk([]);
  return found;
}

function parsed(name: string, text: string): unknown {
  try {
    return load(text, { schema: CORE_SCHEMA, maxAliases: 0 });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark === undefined ? '' : ` line ${error.mark.line + 1}`;
    throw new SettingsError(`${name}${line} is not YAML: ${error.reason}`);
  }
}

/** A value as its variable has it; what can't be one is left to the settings' own check. */
function variable(name: Name, value: unknown): string {
  if (name === 'hosts') return JSON.stringify(value);
  if (name === 'plainHosts' && Array.isArray(value)) return value.map(String).join(',');
  if (name === 'replaceHosts' && typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Reads worker.yaml. A name without a value (`queueUrl:`) counts as not set.
 *
 * @param name of the file, as it is told of
 * @throws SettingsError for what is no YAML, and for a name that is not known, with its line and the nearest that is
 */
export function readConfigFile(name: string, text: string): ConfigFile {
  const isEmpty = /^(\s*(#.*)?\n?)*$/.test(text);
  const given = isEmpty ? {} : parsed(name, text);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new SettingsError(`${name} must hold names with values, for example coordinatorUrl: https://fleet.example`);
  }
  const at = isEmpty ? new Map<string, number>() : offsets(text, parseEvents(text, {}));
  const placeOf = (path: readonly PropertyKey[]): string => {
    // What is missing stands nowhere; then where it would.
    let known = path;
    while (known.length > 1 && !at.has(pathText(known))) known = known.slice(0, -1);
    const offset = at.get(pathText(known));
    const line = offset === undefined ? '' : ` line ${text.slice(0, offset).split('\n').length}`;
    return `${name}${line}: ${pathText(path)}`;
  };
  const unknown = Object.keys(given).filter((key) => !names.includes(key as Name));
  if (unknown.length > 0) {
    const lines = unknown.map((key) => {
      const meant = nearest(key, names);
      return `${placeOf([key])} is not known; ${meant === null ? `known are ${names.join(', ')}` : `did you mean ${meant}?`}`;
    });
    throw new SettingsError(lines.join('\n'));
  }
  const set = Object.entries(given).filter(([, value]) => value !== null) as [Name, unknown][];
  const nameOf = new Map<string, Name>(names.map((one) => [variableOf[one], one]));
  return {
    environment: Object.fromEntries(set.map(([key, value]) => [variableOf[key], variable(key, value)])),
    place: ([first = '', ...rest]) => placeOf([nameOf.get(String(first)) ?? first, ...rest]),
  };
}

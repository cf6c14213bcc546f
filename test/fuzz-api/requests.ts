// Requests from the API document: mostly of the form that it asks for, partly anything else.
import fc from 'fast-check';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Schema = Record<string, unknown>;

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
}

export interface Operation {
  method: string;
  path: string;
  parameters: Parameter[];
  body: Schema | null;
}

/** One request, as a replay needs it. */
export interface FuzzRequest {
  method: string;
  /** Path and query, encoded. */
  target: string;
  /** Name of the key that is sent. */
  as: string;
  headers: Record<string, string>;
  body: string | null;
}

/** Ids that lead somewhere. */
export interface Known {
  uuids: string[];
  hostIds: string[];
}

/** The operations of an OpenAPI document. */
export function operationsOf(document: { paths: Record<string, Record<string, Schema>> }): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const content = (operation['requestBody'] as { content?: Record<string, { schema?: Schema }> } | undefined)
        ?.content;
      return {
        method: method.toUpperCase(),
        path,
        parameters: (operation['parameters'] ?? []) as Parameter[],
        body: content?.['application/json']?.schema ?? null,
      };
    }),
  );
}

const hostileText = fc.constantFrom(
  ...[
    '',
    '\0',
    'a\0b',
    '\ud800',
    'x\udfff',
    '\u202e',
    '\u001b[2J',
    "' OR 1=1 --",
    '../../etc/passwd',
    '%00',
    '*',
    '=',
    '!',
  ],
  ...[
    '__proto__',
    'constructor',
    '-1',
    '1e999',
    'NaN',
    '9'.repeat(30),
    'x'.repeat(3_000),
    '🙂'.repeat(300),
    '\n',
    ',,,',
  ],
);
const hostileNumber = fc.constantFrom(
  ...[-1, 0, -0, 0.5, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e21, 1e308, -(2 ** 63)],
);
const deep = Array.from({ length: 500 }).reduce<Json>((inner) => [inner], null);
const hostile: fc.Arbitrary<Json> = fc.oneof(
  hostileText,
  hostileNumber,
  fc.constantFrom<Json>(null, true, [], {}, deep, { ['__proto__']: 1 }, [null]),
  fc.string({ unit: 'binary', maxLength: 50 }),
);

function textOf(schema: Schema, known: Known): fc.Arbitrary<string> {
  if (schema['format'] === 'uuid') return fc.oneof(fc.constantFrom(...known.uuids), fc.uuid());
  const own = fc.oneof(fc.constantFrom(...known.hostIds, '*', 'provenance=simulated'), fc.string({ maxLength: 40 }));
  const pattern = schema['pattern'];
  if (typeof pattern !== 'string') return own;
  try {
    return fc.oneof(fc.constantFrom(...known.hostIds), fc.stringMatching(new RegExp(pattern, 'u')));
  } catch {
    return own; // a pattern with parts that fast-check can't turn around
  }
}

function numberOf(schema: Schema): fc.Arbitrary<number> {
  const bound = (name: string, otherwise: number): number =>
    typeof schema[name] === 'number' ? schema[name] : otherwise;
  const [min, max] = [bound('minimum', -5), bound('maximum', 2 ** 53 - 1)];
  if (schema['type'] === 'integer') return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
  return fc.double({ min, max, noNaN: true });
}

/** Values of a JSON schema; about one in twelve is something else. */
function valueOf(schema: Schema, known: Known): fc.Arbitrary<Json> {
  return fc.oneof({ weight: 11, arbitrary: fittingOf(schema, known) }, { weight: 1, arbitrary: hostile });
}

function fittingOf(schema: Schema, known: Known): fc.Arbitrary<Json> {
  const either = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined;
  if (either !== undefined && either.length > 0) return fc.oneof(...either.map((one) => valueOf(one, known)));
  if ('const' in schema) return fc.constant(schema['const'] as Json);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as Json[]));
  switch (schema['type']) {
    case 'string':
      return textOf(schema, known);
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valueOf((schema['items'] ?? {}) as Schema, known), { maxLength: 3 });
    case 'object':
      return objectOf(schema, known);
    default:
      return hostile;
  }
}

function objectOf(schema: Schema, known: Known): fc.Arbitrary<Json> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  if (properties.length > 0) {
    const required = (schema['required'] ?? []) as string[];
    const parts = Object.fromEntries(properties.map(([name, one]) => [name, valueOf(one, known)]));
    return fc.record(parts, { requiredKeys: required });
  }
  const values = (schema['additionalProperties'] ?? {}) as Schema;
  const keys = fc.oneof(hostileText, fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/));
  // Up to more than the limit of labels, so that limits of counts are met as well.
  const size = fc.constantFrom(0, 1, 3, 60, 70);
  return size.chain((n) => fc.dictionary(keys, valueOf(values, known), { minKeys: 0, maxKeys: n, size: 'max' }));
}

const cursor = fc
  .tuple(fc.constantFrom('jobs', 'runs', 'runs-of-job', 'hosts', 'keys'), hostile, hostile)
  .map((place) => Buffer.from(JSON.stringify(place)).toString('base64url'));

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString()); // halves of surrogate pairs can’t stand in an address
}

function parameterText({ name, schema }: Parameter, known: Known): fc.Arbitrary<string> {
  const own = valueOf(schema ?? {}, known).map(asText);
  return (name === 'cursor' ? fc.oneof(cursor, own) : own).map((text) => text.slice(0, 3_000));
}

function targetOf({ path, parameters }: Operation, known: Known): fc.Arbitrary<string> {
  const inPath = parameters.filter((one) => one.in === 'path');
  const inQuery = parameters.filter((one) => one.in === 'query');
  // Sometimes as it stands, so that the path itself is not well encoded.
  const raw = fc.constantFrom('%ff', '%', '%zz', '..', '%2e%2e%2f', '%00', 'run-%00');
  const segment = (one: Parameter) =>
    fc.oneof({ weight: 15, arbitrary: parameterText(one, known).map(encoded) }, { weight: 1, arbitrary: raw });
  const segments = fc.record(Object.fromEntries(inPath.map((one) => [one.name, segment(one)])));
  const needed = inQuery.filter((one) => one.required === true).map((one) => one.name);
  const values = Object.fromEntries(
    inQuery.map((one) => [
      one.name,
      one.name === 'stream'
        ? fc.oneof(
            fc.constantFrom('run-%00', 'host-%F0', `job-${'x'.repeat(96)}`),
            parameterText(one, known).map(encoded),
          )
        : parameterText(one, known).map(encoded),
    ]),
  );
  const query = fc.record(values, { requiredKeys: needed });
  return fc.tuple(segments, query).map(([parts, pairs]) => {
    const where = path.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? '');
    const text = Object.entries(pairs).map(([name, value]) => `${name}=${String(value)}`);
    return text.length === 0 ? where : `${where}?${text.join('&')}`;
  });
}

const otherBodies = fc.constantFrom(
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '{"a":1,"a":2}',
  '\ufeff{}',
  '{"__proto__":{"x":1}}',
  'xperf: magic=0x19940619 v=1 run=0badf00d begin probe=pf faults=5 warmup=0 pid=7 cpu=0 batch=1 overhead=24 ck=3d1b2a90\n',
);

function bodyOf({ body, method }: Operation, known: Known): fc.Arbitrary<string | null> {
  if (method === 'GET') return fc.constant(null);
  if (body === null) return fc.oneof(fc.constant(null), otherBodies);
  return fc.oneof(
    { weight: 12, arbitrary: valueOf(body, known).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.oneof(fc.constant(null), otherBodies) },
  );
}

const headers: fc.Arbitrary<Record<string, string>> = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'application/json',
      'application/json; charset=utf-16',
      'text/plain',
      'application/octet-stream',
    ),
    'idempotency-key': fc.oneof(fc.stringMatching(/^[\x21-\x7e]{1,40}$/), fc.constantFrom('again', ' ', 'é')),
    'x-correlation-id': fc.oneof(fc.uuid(), fc.constant('none')),
    accept: fc.constantFrom('*/*', 'text/csv', 'nonsense', 'text/event-stream'),
  },
  { requiredKeys: [] },
);

/** Requests to all operations alike, with each of the named keys, now and then by another method. */
export function requestsOf(operations: readonly Operation[], keyNames: readonly string[], known: Known) {
  const ways = operations.map((operation): fc.Arbitrary<FuzzRequest> =>
    fc.record({
      method: fc.oneof(
        { weight: 19, arbitrary: fc.constant(operation.method) },
        { weight: 1, arbitrary: fc.constantFrom('PATCH', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'POST') },
      ),
      target: targetOf(operation, known),
      // Most of the time one that may do it, or nothing behind the guard would be reached.
      as: fc.oneof(
        { weight: 3, arbitrary: fc.constant('admin') },
        { weight: 1, arbitrary: fc.constantFrom(...keyNames) },
      ),
      headers,
      body: bodyOf(operation, known),
    }),
  );
  return fc.oneof(...ways);
}

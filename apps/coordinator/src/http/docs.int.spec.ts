import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';

type JsonSchema = Record<string, unknown>;
interface Content {
  schema?: JsonSchema;
  example?: unknown;
}
interface Operation {
  summary?: string;
  description?: string;
  operationId: string;
  parameters?: {
    name: string;
    in: string;
    required?: boolean;
    description?: string;
    example?: unknown;
    schema?: unknown;
  }[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { description: string; content?: Record<string, Content> }>;
}
interface Document {
  openapi: string;
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : references(inner)));
}

const isRecord = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;

/** Fields below a schema that nothing is said of, by their paths. */
function silentFields(schema: unknown, path: string): string[] {
  if (Array.isArray(schema)) return schema.flatMap((one) => silentFields(one, path));
  if (!isRecord(schema)) return [];
  const { properties, ...rest } = schema;
  const deeper = Object.values(rest).flatMap((one) => silentFields(one, path));
  const own = isRecord(properties) ? Object.entries(properties) : [];
  return [
    ...deeper,
    ...own.flatMap(([name, field]) => [
      ...(isRecord(field) && typeof field['description'] === 'string' ? [] : [`${path}.${name}`]),
      ...silentFields(field, `${path}.${name}`),
    ]),
  ];
}

/** The components that a schema reaches, by their names. */
function reached(schema: unknown, components: Record<string, unknown>, found: JsonSchema = {}): JsonSchema {
  for (const name of references(schema).map((reference) => reference.split('/').at(-1) ?? '')) {
    if (name in found) continue;
    found[name] = components[name];
    reached(components[name], components, found);
  }
  return found;
}

/** A schema of the document that stands by itself, as zod reads it. */
function readable(schema: JsonSchema, components: Record<string, unknown>): z.ZodType {
  const whole = JSON.stringify({ ...schema, $defs: reached(schema, components) })
    .replaceAll('#/components/schemas/', '#/$defs/')
    // zod reads patterns without the flag u, under which alone this names halves of surrogate pairs.
    .replaceAll('\\\\p{Cs}', '\\\\ud800-\\\\udfff');
  return z.fromJSONSchema(JSON.parse(whole) as Parameters<typeof z.fromJSONSchema>[0]);
}

/** Nothing more to say than the status, or a redirection. */
const withoutContent = new Set(['204', '303']);
/** What they do, the path says. */
const withoutBody = new Set([
  'POST /v1/console/links',
  'POST /v1/set-aside-streams/{stream}/retry',
  'POST /v1/projections/{name}/rebuild',
  'POST /v1/schedules/{name}/resume',
  'POST /v1/notification-routes/{name}/resume',
  'POST /v1/notification-routes/{name}/rotate',
  'POST /v1/notification-routes/{name}/test',
]);

/** What they take is no JSON. */
const bytesIn = new Set(['POST /v1/imports']);

describe('the API document', () => {
  let fleet: CoordinatorUnderTest;
  let document: Document;
  let operations: [string, Operation][];
  beforeAll(async () => {
    fleet = await startCoordinator();
    document = (await fleet.ask<Document>('/docs-json', { key: null })).body;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    );
  });
  afterAll(() => fleet.stop());

  it('is OpenAPI 3.1 with a key scheme', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.components.securitySchemes).toHaveProperty('key');
    expect(operations.length).toBeGreaterThanOrEqual(23);
  });

  it('says of every route what it does, what it replies and which problems it gives', () => {
    for (const [name, operation] of operations) {
      expect({ name, summary: operation.summary, description: operation.description }).toEqual({
        name,
        summary: expect.stringMatching(/\w+/),
        description: expect.stringMatching(/Needs (a key|no key)/),
      });
      const success = Object.entries(operation.responses).filter(([status]) => /^[23]/.test(status));
      expect({
        name,
        replies: success.filter(([status, reply]) => withoutContent.has(status) || reply.content !== undefined).length,
      }).toEqual({ name, replies: 1 });
      expect(operation.responses['429']?.content).toHaveProperty(['application/problem+json']);
    }
  });

  it('describes every body and every parameter by a schema', () => {
    for (const [name, operation] of operations) {
      const takesBody = /^(POST|PUT) /.test(name) && !withoutBody.has(name);
      const type = bytesIn.has(name) ? 'application/octet-stream' : 'application/json';
      expect({ name, body: operation.requestBody?.content[type]?.schema !== undefined }).toEqual({
        name,
        body: takesBody,
      });
      for (const parameter of operation.parameters ?? [])
        expect({ name, parameter }).toMatchObject({ name, parameter: { schema: expect.anything() } });
      for (const [, placeholder] of name.matchAll(/\{(\w+)\}/g)) {
        expect(operation.parameters?.filter((p) => p.in === 'path').map((p) => p.name)).toContain(placeholder);
      }
    }
    const listing = document.paths['/v1/jobs']?.['get']?.parameters?.map((p) => p.name);
    expect(listing).toEqual(expect.arrayContaining(['limit', 'cursor', 'state']));
  });

  it('says what each parameter and each field is', () => {
    const parameters = operations.flatMap(([name, operation]) =>
      (operation.parameters ?? [])
        .filter(({ description = '' }) => description === '')
        .map((parameter) => `${name} ${parameter.name}`),
    );
    const contents = operations.flatMap(([name, { requestBody, responses }]) => [
      ...Object.values(requestBody?.content ?? {}).map((content) => [`${name} body`, content] as const),
      ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
        Object.values(content).map((one) => [`${name} ${status}`, one] as const),
      ),
    ]);
    const fields = [
      ...contents.flatMap(([name, { schema }]) => silentFields(schema, name)),
      ...Object.entries(document.components.schemas).flatMap(([name, schema]) => silentFields(schema, name)),
    ];
    expect({ parameters, fields: [...new Set(fields)] }).toEqual({ parameters: [], fields: [] });
    // The page would send it unasked: a list of jobs with a label that none has is refused.
    const sentUnasked = operations.flatMap(([name, operation]) =>
      (operation.parameters ?? [])
        .filter(({ required, example }) => required !== true && example !== undefined)
        .map((parameter) => `${name} ${parameter.name}`),
    );
    expect(sentUnasked).toEqual([]);
    const labels = document.paths['/v1/jobs']?.['get']?.parameters?.find(({ name }) => name === 'labels');
    expect(labels?.description).toMatch(/; for example team=kernel,!draft$/);
    // What the schema says itself comes before what its name means.
    const sides = document.paths['/v1/compare']?.['get']?.parameters;
    expect(sides?.find(({ name }) => name === 'before')?.description).toMatch(/^compares what a matches before/);
    expect(document.servers).toMatchObject([{ url: '/' }]);
  });

  it('shows an example of each body and answer, which is as its schema says', async () => {
    for (const [name, { requestBody, responses }] of operations) {
      // The coordinator lives in this process, and its connections too.
      await setImmediate();
      const answers = Object.entries(responses).filter(([status]) => /^2/.test(status) && !withoutContent.has(status));
      const contents = [requestBody?.content, ...answers.map(([, { content }]) => content)];
      for (const [type, { schema = {}, example }] of contents.flatMap((content) => Object.entries(content ?? {}))) {
        expect({ name, type, example: example !== undefined }).toEqual({ name, type, example: true });
        const { error } = readable(schema, document.components.schemas).safeParse(example);
        expect({ name, type, issues: error?.issues ?? [] }).toEqual({ name, type, issues: [] });
      }
    }
  });

  it('shows bodies that are accepted', async () => {
    await fleet.register('w1', [simulatedHost('a')]);
    const unknownId = '7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11';
    for (const [name, { requestBody }] of operations) {
      const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
      if (type === undefined || content === undefined) continue;
      const [method = '', path = ''] = name.split(' ');
      const where = path.replace(/\{workerId\}/, 'example').replaceAll(/\{\w+\}/g, unknownId);
      const query = path === '/v1/imports' ? '?host=elsewhere-1&newHost=true' : '';
      const body = typeof content.example === 'string' ? content.example : JSON.stringify(content.example);
      const { status } = await fleet.ask(`${where}${query}`, { method, body, headers: { 'content-type': type } });
      // No run, job or finding has that id; a worker that never registered is told to.
      expect({ name, refused: [400, 413, 415, 422].includes(status), status }).toEqual({
        name,
        refused: false,
        status,
      });
    }
  });

  it('has every schema that it refers to', () => {
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(known).toEqual(expect.arrayContaining(['#/components/schemas/JobView', '#/components/schemas/Problem']));
    for (const reference of references(document)) expect(known).toContain(reference);
  });

  it('names each operation once', () => {
    const ids = operations.map(([, operation]) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has a page that its own content security policy lets work', async () => {
    const page = await fleet.request('/docs', { key: null });
    expect(page.status).toBe(200);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'self'/);
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
    const settings = await (await fleet.request('/docs/swagger-ui-init.js', { key: null })).text();
    // What is tried there goes as the console is signed in.
    expect(settings).toMatch(/X-Console-Session/);
    for (const [, source] of html.matchAll(/<script src="([^"]+)"/g)) {
      expect((await fleet.request(new URL(source ?? '', `${fleet.url}/docs`).pathname, { key: null })).status).toBe(
        200,
      );
    }
  });
});

describe('static files', () => {
  let fleet: CoordinatorUnderTest;
  beforeAll(async () => {
    fleet = await startCoordinator();
  });
  afterAll(() => fleet.stop());

  it.each(['/vendor/plot/plot.umd.min.js', '/vendor/d3/d3.min.js'])('%s', async (path) => {
    const reply = await fleet.request(path, { key: null });
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toMatch(/javascript/);
  });

  it.each(['/vendor/d3/../package.json', '/..%2fpackage.json', '/vendor/'])('does not give %s', async (path) => {
    expect((await fleet.request(path, { key: null })).status).toBe(404);
  });
});

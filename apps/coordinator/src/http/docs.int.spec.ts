import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';

interface Operation {
  summary?: string;
  description?: string;
  operationId: string;
  parameters?: { name: string; in: string; schema?: unknown }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { schema?: unknown }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : references(inner)));
}

/** Nothing more to say than the status, or a redirection. */
const withoutContent = new Set(['204', '303']);
/** What they do, the path says. */
const withoutBody = new Set([
  'POST /v1/console/links',
  'POST /v1/set-aside-streams/{stream}/retry',
  'POST /v1/projections/{name}/rebuild',
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

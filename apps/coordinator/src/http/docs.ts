import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import * as z from 'zod';
import {
  bootStateSchema,
  capabilitySchema,
  comparisonSchema,
  comparisonSideSchema,
  createdKeySchema,
  eventViewSchema,
  failureSchema,
  histogramViewSchema,
  hostViewSchema,
  jobComparisonsSchema,
  jobResultRowSchema,
  jobResultsSchema,
  jobSpecSchema,
  jobViewSchema,
  matrixComparisonSchema,
  keyViewSchema,
  problemSchema,
  runDetailSchema,
  runGapSchema,
  runResultSchema,
  runViewSchema,
  simExplanationSchema,
  simStepSchema,
} from '#contracts';
import { projectRoot } from '../project-root.js';
import { fieldWords } from './field-words.js';

// Schemas that get a name in the document; all others stand where they are used.
const named = {
  BootState: bootStateSchema,
  Capability: capabilitySchema,
  Comparison: comparisonSchema,
  ComparisonSide: comparisonSideSchema,
  CreatedKey: createdKeySchema,
  EventView: eventViewSchema,
  Failure: failureSchema,
  HistogramView: histogramViewSchema,
  HostView: hostViewSchema,
  JobComparisons: jobComparisonsSchema,
  JobResultRow: jobResultRowSchema,
  JobResults: jobResultsSchema,
  JobSpec: jobSpecSchema,
  JobView: jobViewSchema,
  KeyView: keyViewSchema,
  MatrixComparison: matrixComparisonSchema,
  Problem: problemSchema,
  RunDetail: runDetailSchema,
  RunGap: runGapSchema,
  RunResult: runResultSchema,
  RunView: runViewSchema,
  SimExplanation: simExplanationSchema,
  SimStep: simStepSchema,
};

type JsonSchema = Record<string, unknown>;

/** What schemas say of themselves (`describe`, `meta`), and the names of those that have one. */
class NamedSchemas extends z.core.$ZodRegistry<Record<string, unknown>> {
  override get<S extends z.core.$ZodType>(schema: S) {
    const said = { ...z.globalRegistry.get(schema), ...super.get(schema) };
    return Object.keys(said).length === 0 ? undefined : (said as never);
  }
}

function withoutMarks({ $schema: _, $defs: __, id: ___, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

/**
 * A zod schema as JSON Schema of OpenAPI 3.1, with the named ones as components. Inputs are written out in place:
 * where a schema has defaults its input and output differ, and a component can have one shape only.
 */
function convert(
  schema: unknown,
  io: 'input' | 'output',
): { schema: JsonSchema; components: Record<string, JsonSchema> } | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const registry = new NamedSchemas();
  if (io === 'output') for (const [id, component] of Object.entries(named)) registry.add(component, { id });
  const json: JsonSchema = { ...z.toJSONSchema(schema, { io, metadata: registry, unrepresentable: 'any' }) };
  const definitions = z.record(z.string(), z.record(z.string(), z.unknown())).parse(json['$defs'] ?? {});
  const components = Object.fromEntries(Object.entries(definitions).map(([id, one]) => [id, withoutMarks(one)]));
  return { schema: withoutMarks(json), components };
}

const isRecord = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same schema with each field described: by itself, or by what its name means. */
function described(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(described);
  if (!isRecord(schema)) return schema;
  const deeper = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, described(value)]));
  if (!isRecord(deeper['properties'])) return deeper;
  const properties = Object.fromEntries(
    Object.entries(deeper['properties']).map(([name, field]) => {
      const words = fieldWords[name];
      // What the schema of a reference says is said of all of its kind, not of this field.
      if (!isRecord(field) || 'description' in field || words === undefined) return [name, field];
      return [name, '$ref' in field ? { allOf: [field], description: words } : { ...field, description: words }];
    }),
  );
  return { ...deeper, properties };
}

interface Parameter {
  name: string;
  required?: boolean;
  description?: string;
  schema?: JsonSchema;
  example?: unknown;
}
interface Content {
  schema?: unknown;
  example?: unknown;
}
interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { content?: Record<string, Content> }>;
}

/** A request and its answer, as a small fleet gives it (`npm run api:examples`). */
const exampleSchema = z.object({ body: z.unknown().optional(), reply: z.unknown().optional() });
const examplesSchema = z.record(z.string(), exampleSchema);
type Examples = z.infer<typeof examplesSchema>;

/** One for each operation, by its id. */
export function apiExamples(): Examples {
  const file = join(projectRoot(), 'apps/coordinator/api-examples.json');
  return existsSync(file) ? examplesSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
}

function withExample(content: Record<string, Content> | undefined, example: unknown): Record<string, Content> {
  return Object.fromEntries(
    Object.entries(content ?? {}).map(([type, one]) => [
      type,
      // A list of several types has one example of each.
      { ...one, ...(isRecord(example) && type in example ? { example: example[type] } : { example }) },
    ]),
  );
}

/** An operation with its parameters described and its body and answer shown by an example. */
function explained(operation: Operation, examples: Examples): Operation {
  const { body, reply } = examples[operation.operationId] ?? {};
  const parameters = operation.parameters?.map(({ schema = {}, ...parameter }) => {
    const { description: said, example, ...bare } = schema;
    const means = parameter.description ?? (said as string | undefined) ?? fieldWords[parameter.name];
    // The page sends an example as if a person had typed it; what may be left out is not to be asked for unawares.
    const sent = parameter.required === true;
    const shown = typeof example === 'string' ? example : JSON.stringify(example);
    const told = example === undefined || sent ? undefined : `for example ${shown}`;
    const description = [means, told].filter((text) => text !== undefined).join('; ');
    return {
      ...parameter,
      ...(description === '' ? {} : { description }),
      ...(example !== undefined && sent ? { example } : {}),
      schema: bare,
    };
  });
  return {
    ...operation,
    ...(parameters === undefined ? {} : { parameters }),
    ...(operation.requestBody === undefined || body === undefined
      ? {}
      : { requestBody: { ...operation.requestBody, content: withExample(operation.requestBody.content, body) } }),
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, response]) => [
        status,
        /^2/.test(status) && reply !== undefined && response.content !== undefined
          ? { ...response, content: withExample(response.content, reply) }
          : response,
      ]),
    ),
  };
}

/** The API as an OpenAPI 3.1 document, made from what the controllers and their schemas say. */
export function apiDocument(app: NestExpressApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('xperf-fleet')
    .setDescription(
      'How long x86-64 CPUs take to cross from user space into the kernel and back, in TSC cycles. Errors are RFC 9457 problem documents that name the field and the remedy.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'the coordinator that this page comes from')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'API key, xf_<role>_<secret>' }, 'key')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '').toLowerCase()}.${method}`,
    standardSchemaConverter: (schema, { schemaType }) => convert(schema, schemaType),
  });
  const problem = convert(problemSchema, 'output');
  const examples = apiExamples();
  const paths = Object.entries(document.paths as unknown as Record<string, Record<string, Operation>>).map(
    ([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, operation]) => [
          method,
          described(explained(operation, examples)) as Operation,
        ]),
      ),
    ],
  );
  return {
    ...document,
    paths: Object.fromEntries(paths) as OpenAPIObject['paths'],
    components: {
      ...document.components,
      schemas: described({ ...document.components?.schemas, ...problem?.components }) as NonNullable<
        OpenAPIObject['components']
      >['schemas'] &
        object,
    },
  };
}

/**
 * Signs what the page tries in as the console is (console/api.js): with the key that was typed there in this tab, or with the page's half
 * of a session, whose cookie goes along by itself. A key that was typed in here counts before both. Runs in the browser, so that it stands
 * on nothing around it.
 */
function asSignedIn<Request extends { headers: Record<string, string> }>(request: Request): Request {
  if (request.headers['Authorization'] !== undefined) return request;
  const key = sessionStorage.getItem('xf-key');
  const half = localStorage.getItem('xf-session');
  if (key !== null) request.headers['Authorization'] = `Bearer ${key}`;
  else if (half !== null) request.headers['X-Console-Session'] = half;
  return request;
}

/** Serves the page at /docs and the document at /docs-json. The document is made at the first request, not at boot. */
export function serveDocs(app: NestExpressApplication): void {
  SwaggerModule.setup('docs', app, () => apiDocument(app), {
    jsonDocumentUrl: 'docs-json',
    raw: ['json'],
    customSiteTitle: 'xperf-fleet API',
    swaggerOptions: {
      ...{ persistAuthorization: true, displayRequestDuration: true, tryItOutEnabled: true, docExpansion: 'none' },
      requestInterceptor: asSignedIn,
    },
  });
}

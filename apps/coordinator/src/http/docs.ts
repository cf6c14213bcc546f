import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
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
  const registry = z.registry<{ id?: string }>();
  if (io === 'output') for (const [id, component] of Object.entries(named)) registry.add(component, { id });
  const json: JsonSchema = { ...z.toJSONSchema(schema, { io, metadata: registry, unrepresentable: 'any' }) };
  const definitions = z.record(z.string(), z.record(z.string(), z.unknown())).parse(json['$defs'] ?? {});
  const components = Object.fromEntries(Object.entries(definitions).map(([id, one]) => [id, withoutMarks(one)]));
  return { schema: withoutMarks(json), components };
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
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'API key, xf_<role>_<secret>' }, 'key')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '').toLowerCase()}.${method}`,
    standardSchemaConverter: (schema, { schemaType }) => convert(schema, schemaType),
  });
  const problem = convert(problemSchema, 'output');
  return {
    ...document,
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, ...(problem?.components as object) },
    },
  };
}

/** Serves the page at /docs and the document at /docs-json. The document is made at the first request, not at boot. */
export function serveDocs(app: NestExpressApplication): void {
  SwaggerModule.setup('docs', app, () => apiDocument(app), {
    jsonDocumentUrl: 'docs-json',
    raw: ['json'],
    customSiteTitle: 'xperf-fleet API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true },
  });
}

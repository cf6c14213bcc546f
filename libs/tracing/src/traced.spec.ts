import { afterEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { Step } from './traced.js';

const correlationId = '0190A5C1-7a3b-4c2d-8e9f-001122334455';
const step = (name: string, more: Partial<Step> = {}): Step => ({
  ...{ name, kind: 'INTERNAL', correlationId, attributes: {} },
  ...more,
});
const spans = new InMemorySpanExporter();
// As Node.js does with --import: before whatever traces.
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).register();
const { beginSpan, traced, tracedEach } = await import('./traced.js');

const finished = () =>
  spans.getFinishedSpans().map((span) => ({
    ...{ name: span.name, parent: span.parentSpanContext?.spanId, failed: span.status.code },
    ...{ traceId: span.spanContext().traceId, id: span.spanContext().spanId },
    ...{ kind: span.attributes['error.type'], links: span.links.map(({ context }) => context) },
  }));

describe('with an SDK', () => {
  afterEach(() => spans.reset());

  it('puts what one correlation id links into one trace, whoever traces it', async () => {
    await traced(
      () => step('outer'),
      () =>
        traced(
          () => step('inner'),
          () => Promise.resolve(),
        ),
    );
    await traced(
      () => step('later'),
      () => Promise.resolve(),
    );
    const [inner, outer, later] = finished();
    const traceId = '0190a5c17a3b4c2d8e9f001122334455';
    expect([inner?.traceId, outer?.traceId, later?.traceId]).toEqual([traceId, traceId, traceId]);
    expect(inner?.parent).toBe(outer?.id);
    expect([outer?.parent, later?.parent]).toEqual(['8e9f001122334455', '8e9f001122334455']);
  });

  it('leaves a span of another trace alone', async () => {
    const other = { correlationId: '00000000-0000-4000-8000-000000000001' };
    await traced(
      () => step('outer', other),
      () =>
        traced(
          () => step('inner'),
          () => Promise.resolve(),
        ),
    );
    expect(finished().map(({ name, parent }) => ({ name, parent }))).toEqual([
      { name: 'inner', parent: '8e9f001122334455' },
      { name: 'outer', parent: '8000000000000001' },
    ]);
  });

  it('names what kind of error ended a step, and passes it on, but not what it says', async () => {
    const fail = traced(
      () => step('fails'),
      () => Promise.reject(new TypeError('postgres://secret@db')),
    );
    await expect(fail).rejects.toThrow(TypeError);
    expect(finished()).toMatchObject([{ failed: SpanStatusCode.ERROR, kind: 'TypeError' }]);
    expect(spans.getFinishedSpans().map(({ events, status }) => ({ events, said: status.message }))).toEqual([
      { events: [], said: undefined },
    ]);
  });

  it('marks of many steps those that were refused, and all when the whole fails', async () => {
    const each = (act: () => Promise<(Error | null)[]>) =>
      tracedEach(
        ['a', 'b'],
        (name) => step(name),
        act,
        (outcome) => outcome ?? undefined,
      );
    await each(() => Promise.resolve([null, new RangeError('refused')]));
    await expect(each(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(finished().map(({ name, kind }) => [name, kind])).toEqual([
      ['a', undefined],
      ['b', 'RangeError'],
      ['a', 'Error'],
      ['b', 'Error'],
    ]);
  });

  it('links the span that a caller names', () => {
    const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    beginSpan(() => step('asked', { headers }))?.end();
    beginSpan(() => step('asked', { headers: { traceparent: 'nonsense' } }))?.end();
    expect(finished().map(({ links }) => links)).toEqual([
      [expect.objectContaining({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' })],
      [],
    ]);
  });
});

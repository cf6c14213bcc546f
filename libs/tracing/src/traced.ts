// Spans of OpenTelemetry. Its SDK is brought by whoever runs a program (docs/operations.md); without one no span is made.
import type { Attributes, Context, SpanKind } from '@opentelemetry/api';

// Where an SDK that was loaded first registers itself. Without one not even the interface is loaded: it takes 3 MB of a worker's 96.
const registered = Symbol.for('opentelemetry.js.api.1') in globalThis;
const api = registered ? await import('@opentelemetry/api') : undefined;

type Api = NonNullable<typeof api>;

/** One thing that was done because of a request. */
export interface Step {
  name: string;
  kind: keyof typeof SpanKind;
  correlationId: string;
  attributes: Attributes;
  /** Headers in which the caller may name a span of its own (traceparent), to which this one is linked. */
  headers?: object;
}

export interface OpenSpan {
  /** Spans that begin meanwhile are this one's children. */
  within<T>(act: () => T): T;
  rename(name: string): void;
  note(attributes: Attributes): void;
  /** The kind of error alone: what it says may hold addresses, and stands in the log. */
  fail(kind: string): void;
  end(): void;
}

/**
 * The correlation id is the trace's id, so that every process that has an event or a ticket in hand can add to the trace, days
 * later as well. A span without a nearer parent gets the trace's root, which is nobody's span.
 */
function parentOf({ context, trace, TraceFlags }: Api, correlationId: string): Context {
  const active = context.active();
  const traceId = correlationId.replaceAll('-', '').toLowerCase();
  if (trace.getSpanContext(active)?.traceId === traceId) return active;
  const root = { traceId, spanId: traceId.slice(16), traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return trace.setSpanContext(active, root);
}

function begin(api: Api, { name, kind, correlationId, attributes, headers = {} }: Step): OpenSpan {
  const { context, propagation, ROOT_CONTEXT, SpanKind: kinds, SpanStatusCode, trace } = api;
  const parent = parentOf(api, correlationId);
  const caller = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers));
  const links = caller === undefined ? [] : [{ context: caller }];
  const span = trace.getTracer('xperf-fleet').startSpan(name, { kind: kinds[kind], attributes, links }, parent);
  return {
    within: (act) => context.with(trace.setSpan(parent, span), act),
    rename: (to) => void span.updateName(to),
    note: (more) => void span.setAttributes(more),
    fail: (type) => void span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', type),
    end: () => span.end(),
  };
}

/** A step that ends when its span is told so; undefined where no SDK is loaded. */
export function beginSpan(step: () => Step): OpenSpan | undefined {
  return api === undefined ? undefined : begin(api, step());
}

const kindOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

async function within<T>(span: OpenSpan, act: () => Promise<T>): Promise<T> {
  try {
    return await span.within(act);
  } catch (error) {
    span.fail(kindOf(error));
    throw error;
  } finally {
    span.end();
  }
}

/** Does it, as a step of its trace. */
export function traced<T>(step: () => Step, act: () => Promise<T>): Promise<T> {
  const span = beginSpan(step);
  return span === undefined ? act() : within(span, act);
}

/**
 * Does several things in one, each of them a step of its own trace.
 *
 * @param failureOf what an outcome says against its step.
 */
export async function tracedEach<One, Outcome>(
  ones: readonly One[],
  stepOf: (one: One) => Step,
  act: () => Promise<Outcome[]>,
  failureOf: (outcome: Outcome | undefined) => Error | undefined = () => undefined,
): Promise<Outcome[]> {
  if (api === undefined) return act();
  const spans = ones.map((one) => begin(api, stepOf(one)));
  try {
    const outcomes = await act();
    for (const [index, span] of spans.entries()) {
      const failure = failureOf(outcomes[index]);
      if (failure !== undefined) span.fail(kindOf(failure));
    }
    return outcomes;
  } catch (error) {
    for (const span of spans) span.fail(kindOf(error));
    throw error;
  } finally {
    for (const span of spans) span.end();
  }
}

import type { Cause } from '#contracts';
import type { Step } from '#tracing';
import type { NewEvent } from './append.js';

/** An append as a step of the trace of what caused it. */
export function appendStep(stream: string, events: readonly NewEvent[], { correlationId }: Cause): Step {
  const types = events.map(({ event }) => event.type);
  return {
    name: `append ${[...new Set(types)].join(', ')}`,
    ...{ kind: 'CLIENT', correlationId },
    attributes: { 'xf.stream': stream, 'xf.events': types },
  };
}

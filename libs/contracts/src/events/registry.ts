import type { z } from 'zod';
import { bootStateEvents } from './boot-state-events.js';
import type { EventMeta } from './envelope.js';
import { findingEvents } from './finding-events.js';
import { hostEvents } from './host-events.js';
import { jobEvents } from './job-events.js';
import { notificationEvents } from './notification-events.js';
import { packPlan } from './packed-plan.js';
import { runEvents, runStartedV1 } from './run-events.js';
import { scheduleEvents } from './schedule-events.js';

/** Every event type with the schema of its current version, under the kind of stream that it belongs to. */
const schemasByKind = {
  ...bootStateEvents,
  ...hostEvents,
  ...jobEvents,
  ...runEvents,
  ...findingEvents,
  ...scheduleEvents,
  ...notificationEvents,
} as const;
type Kinds = typeof schemasByKind;

/** What a stream is about; the first part of its name. */
export type StreamKind = keyof Kinds;
export const streamKinds = Object.keys(schemasByKind);
export type EventType = { [K in StreamKind]: keyof Kinds[K] }[StreamKind];
type SchemaOf<T> = { [K in StreamKind]: T extends keyof Kinds[K] ? Kinds[K][T] : never }[StreamKind];
export const eventSchemas = Object.fromEntries(
  Object.values(schemasByKind).flatMap((kind) => Object.entries(kind)),
) as {
  readonly [T in EventType]: SchemaOf<T>;
};
export type EventData<T extends EventType> = z.infer<SchemaOf<T>>;

/** An event's type and content, before or after it was stored. Discriminated by `type`. */
export type DomainEvent = { [T in EventType]: { type: T; data: EventData<T> } }[EventType];
/** The events that belong into streams of a kind. */
export type EventOf<K extends StreamKind> = Extract<DomainEvent, { type: keyof (typeof schemasByKind)[K] }>;
export type HostEvent = EventOf<'host'>;
export type JobEvent = EventOf<'job'>;
export type RunEvent = EventOf<'run'>;
export type FindingEvent = EventOf<'finding'>;
export type ScheduleEvent = EventOf<'schedule'>;
export type NotificationRouteEvent = EventOf<'notification-route'>;

/** An event as the store returns it. */
export type RecordedEvent = DomainEvent & { meta: EventMeta };

/**
 * Turns an old version's data into the next version's. The key `RunQueued@1` leads from version 1 to 2; the current
 * version is one more than the number of upcasters that a type has. A new version of a schema is made by giving the
 * old data an upcaster here and putting the new schema under its name; stored events are never rewritten.
 */
export type Upcasters = Readonly<Record<string, (data: unknown) => unknown>>;
const upcasters: Upcasters = {
  // Its boot state goes along: for those of version 1 it stands nowhere else.
  'RunStarted@1': (data) => runStartedV1.parse(data),
  // Its plan is a list, which the schema takes as well.
  'JobSubmitted@1': (data) => data,
};

/**
 * What is stored of an event, under `currentVersion`: its data, a plan packed.
 *
 * @throws ZodError when the data do not fit their schema.
 */
export function storedData({ type, data }: DomainEvent): unknown {
  const checked = eventSchemas[type].parse(data);
  return 'plan' in checked ? { ...checked, plan: packPlan(checked.plan) } : checked;
}

/** Whether an event is one of those that streams of a kind are made of. */
export function isEventOf<K extends StreamKind, E extends DomainEvent>(kind: K, event: E): event is E & EventOf<K> {
  return Object.hasOwn(schemasByKind[kind], event.type);
}

/** The types of events that streams of a kind are made of. */
export function eventTypesOf<K extends StreamKind>(kind: K): EventOf<K>['type'][] {
  return Object.keys(schemasByKind[kind]) as EventOf<K>['type'][];
}

export class UnknownEventError extends Error {
  override readonly name = 'UnknownEventError';
}

function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventSchemas, type);
}

/** The version under which events of a type are written today. */
export function currentVersion(type: EventType, steps: Upcasters = upcasters): number {
  let version = 1;
  while (steps[`${type}@${version}`]) version += 1;
  return version;
}

/**
 * Reads stored data of any known version.
 *
 * @throws UnknownEventError for a type or version that this release does not know.
 * @throws ZodError when the data do not fit the current schema after upcasting.
 */
export function readEvent(type: string, version: number, data: unknown, steps: Upcasters = upcasters): DomainEvent {
  if (!isEventType(type)) {
    throw new UnknownEventError(
      `event type "${type}" is not known to this release; upgrade it before reading this store`,
    );
  }
  const newest = currentVersion(type, steps);
  if (version > newest) {
    throw new UnknownEventError(`${type} version ${version} is newer than this release knows (${newest}); upgrade it`);
  }
  let upcast = data;
  for (let from = version; from < newest; from += 1) upcast = steps[`${type}@${from}`]?.(upcast);
  return { type, data: eventSchemas[type].parse(upcast) } as DomainEvent;
}

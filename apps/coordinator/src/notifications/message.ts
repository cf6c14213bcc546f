import * as z from 'zod';
import { hostIdSchema, notificationCauseSchema } from '#contracts';

/** What a message says, before a body is made of it. */
export const messageContentSchema = z.object({
  cause: z.enum([...notificationCauseSchema.options, 'test']),
  status: z.enum(['firing', 'resolved', 'test']),
  /** One line without markup. */
  title: z.string(),
  lines: z.array(z.string()),
  /** Of the label by which hosts are one message; null where what it is about is no group of hosts. */
  group: z.object({ label: z.string(), value: z.string() }).nullable(),
  /** The first hundred. */
  hosts: z.array(hostIdSchema),
  startsAt: z.iso.datetime(),
  /** Of a resolved one. */
  endsAt: z.iso.datetime().nullable(),
  /** The console's page about it, from its root; null where there is none. */
  page: z.string().nullable(),
});
export type MessageContent = z.infer<typeof messageContentSchema>;

/** Hosts that a message names. */
export const hostsNamed = 100;

/** A message under its id. */
export interface Message {
  messageId: string;
  /** By what receivers know that a resolved one ends a firing one: the id of that one, or its own. */
  subjectId: string;
  madeAtMs: number;
  content: MessageContent;
}

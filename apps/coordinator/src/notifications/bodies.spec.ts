import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { bodyOf } from './bodies.js';
import type { Message, MessageContent } from './message.js';

const content: MessageContent = {
  ...{
    cause: 'host-silent',
    status: 'firing',
    title: '2 hosts of rack <r7> are silent',
    lines: ['h1 & h2', 'since ten'],
  },
  ...{
    group: { label: 'rack.no', value: 'r7' },
    hosts: ['h1', 'h2'],
    startsAt: '2026-11-27T10:00:00.000Z',
    endsAt: null,
  },
  page: '/#/fleet',
};
const message = (more: Partial<MessageContent> = {}): Message => ({
  ...{
    messageId: 'b',
    subjectId: 'a',
    madeAtMs: Date.parse('2026-11-27T10:05:00.000Z'),
    content: { ...content, ...more },
  },
});
const surroundings = { publicUrl: 'https://fleet.example' };
const read = (format: 'slack' | 'alertmanager' | 'json', more: Partial<MessageContent> = {}): unknown =>
  JSON.parse(bodyOf(format, message(more), surroundings));

/** PostableAlerts of Alertmanager's api/v2/openapi.yaml, with what its server checks beyond it: names of labels, no empty values. */
const labelSet = z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string().min(1));
const postableAlerts = z.array(
  z.strictObject({
    labels: labelSet,
    annotations: z.record(z.string(), z.string()),
    ...{ startsAt: z.iso.datetime(), endsAt: z.iso.datetime(), generatorURL: z.url().optional() },
  }),
);
const alertOf = (more: Partial<MessageContent> = {}) => postableAlerts.parse(read('alertmanager', more))[0];

describe('the body for Alertmanager', () => {
  it('is what POST /api/v2/alerts takes', () => {
    expect(alertOf()).toEqual({
      labels: {
        ...{
          alertname: 'XperfHostSilent',
          service: 'xperf-fleet',
          cause: 'host-silent',
          host_rack_no: 'r7',
          message: 'a',
        },
      },
      annotations: { summary: '2 hosts of rack <r7> are silent', description: 'h1 & h2\nsince ten', hosts: 'h1 h2' },
      ...{ startsAt: '2026-11-27T10:00:00.000Z', endsAt: '2027-11-27T10:05:00.000Z' },
      generatorURL: 'https://fleet.example/#/fleet',
    });
  });

  it('ends an alert by the labels that began it', () => {
    const over = alertOf({ status: 'resolved', endsAt: '2026-11-27T11:00:00.000Z' });
    expect(over).toMatchObject({ labels: alertOf()?.labels, endsAt: '2026-11-27T11:00:00.000Z' });
  });

  it('is over by itself after an hour where nothing will end it', () => {
    expect(alertOf({ cause: 'job-failed', group: null })?.endsAt).toBe('2026-11-27T11:05:00.000Z');
    expect(alertOf({ cause: 'test', group: null })?.endsAt).toBe('2026-11-27T11:05:00.000Z');
  });
});

/** As https://docs.slack.dev/reference/block-kit/blocks/section-block has it. */
const slackMessage = z.strictObject({
  text: z.string().min(1).max(40_000),
  blocks: z
    .array(
      z.strictObject({
        type: z.literal('section'),
        text: z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(3_000) }),
      }),
    )
    .min(1)
    .max(50),
});
const sectionOf = (more: Partial<MessageContent> = {}) => slackMessage.parse(read('slack', more)).blocks[0]?.text.text;

describe('the body for Slack', () => {
  it('is what an incoming webhook takes, markup in it made harmless', () => {
    expect(sectionOf()).toBe(
      ':red_circle: *2 hosts of rack &lt;r7&gt; are silent*\nh1 &amp; h2\nsince ten\n<https://fleet.example/#/fleet|in the console>',
    );
    expect(sectionOf({ status: 'resolved', title: '<!channel>', lines: [], page: null })).toBe(
      ':white_check_mark: *&lt;!channel&gt;*',
    );
  });

  it('stays below what a section may hold, and counts the rest', () => {
    const text = sectionOf({ lines: Array.from({ length: 20 }, (_, n) => `${n} ${'&'.repeat(200)}`) });
    expect(text).toMatch(/… and 19 more lines$/);
    expect(sectionOf({ title: '<'.repeat(10_000), lines: ['x'.repeat(9_000)] })?.length).toBeLessThan(3_000);
  });
});

describe('the body for programs', () => {
  it('names the message, what it is about, and where to look', () => {
    expect(read('json')).toMatchObject({
      ...{ type: 'xperf.host-silent.firing', timestamp: '2026-11-27T10:05:00.000Z' },
      data: { messageId: 'b', subjectId: 'a', hosts: ['h1', 'h2'], link: 'https://fleet.example/#/fleet' },
    });
    expect(JSON.parse(bodyOf('json', message(), { publicUrl: null }))).toMatchObject({ data: { link: null } });
  });
});

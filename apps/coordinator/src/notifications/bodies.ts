import { notificationCauses, type NotificationFormat } from '#contracts';
import type { Message, MessageContent } from './message.js';

/** What a body needs beside the message: where the console is, without a slash at its end; null where nobody said. */
export interface Surroundings {
  publicUrl: string | null;
}

const linkOf = ({ page }: MessageContent, { publicUrl }: Surroundings): string | null =>
  page === null || publicUrl === null ? null : `${publicUrl}${page}`;

/** Slack reads these three as markup, `<!channel>` among them (https://docs.slack.dev/messaging/formatting-message-text). */
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Characters that a section may have, escaped (https://docs.slack.dev/reference/block-kit/blocks/section-block). */
const mostOfSection = 3_000;

/** As many whole lines as a section holds. */
function section(lines: readonly string[]): string {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > mostOfSection - 50) return [...kept, `… and ${lines.length - kept.length} more lines`].join('\n');
    kept.push(line);
  }
  return kept.join('\n');
}

const marks = { firing: ':red_circle:', resolved: ':white_check_mark:', test: ':bell:' } as const;

/** What an incoming webhook of Slack takes: a text for where there is no room, and blocks. */
function slackBody({ content }: Message, surroundings: Surroundings): object {
  const { title, lines, status } = content;
  const link = linkOf(content, surroundings);
  const shortTitle = title.slice(0, 300);
  const head = `${marks[status]} *${escaped(shortTitle)}*`;
  const more = link === null ? [] : [`<${link}|in the console>`];
  const text = section([head, ...lines.map(escaped), ...more]);
  return { text: escaped(shortTitle), blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] };
}

const dayMs = 86_400_000;
/** Alertmanager resolves what nobody repeats within 5 minutes, unless it is told when it ends. */
const openForMs = 365 * dayMs;
/** What has no end is over after so long. */
const eventForMs = 3_600_000;

const alertNames = {
  regression: 'XperfRegression',
  'known-change': 'XperfKnownChange',
  'host-silent': 'XperfHostSilent',
  'job-failed': 'XperfJobFailed',
  noise: 'XperfNoise',
  test: 'XperfTest',
} as const satisfies Record<MessageContent['cause'], string>;

function endsAt({ madeAtMs, content }: Message): string {
  if (content.endsAt !== null) return content.endsAt;
  const ends = content.cause !== 'test' && notificationCauses[content.cause].ends;
  return new Date(madeAtMs + (ends ? openForMs : eventForMs)).toISOString();
}

/** What POST /api/v2/alerts of Alertmanager takes. The same labels end an alert that began it. */
function alertmanagerBody(message: Message, surroundings: Surroundings): object[] {
  const { subjectId, content } = message;
  const { cause, title, lines, group, hosts, startsAt } = content;
  const link = linkOf(content, surroundings);
  // Before 0.28 a name of a label has letters, digits and underscores only.
  const grouped = group === null ? {} : { [`host_${group.label.replace(/[^a-zA-Z0-9_]/g, '_')}`]: group.value };
  return [
    {
      labels: { alertname: alertNames[cause], service: 'xperf-fleet', cause, ...grouped, message: subjectId },
      annotations: { summary: title, description: lines.join('\n'), hosts: hosts.join(' ') },
      startsAt,
      endsAt: endsAt(message),
      ...(link === null ? {} : { generatorURL: link }),
    },
  ];
}

/** For programs, as Standard Webhooks recommend it. */
function jsonBody({ messageId, subjectId, madeAtMs, content }: Message, surroundings: Surroundings): object {
  const { cause, status, page: _page, ...data } = content;
  const link = linkOf(content, surroundings);
  return {
    type: `xperf.${cause}.${status}`,
    timestamp: new Date(madeAtMs).toISOString(),
    data: { messageId, subjectId, ...data, link },
  };
}

const bodies = { slack: slackBody, alertmanager: alertmanagerBody, json: jsonBody } as const satisfies Record<
  NotificationFormat,
  (message: Message, surroundings: Surroundings) => object
>;

/** A message as it is posted; the same message gives the same body at every try. */
export function bodyOf(format: NotificationFormat, message: Message, surroundings: Surroundings): string {
  return JSON.stringify(bodies[format](message, surroundings));
}

import { setMaxListeners } from 'node:events';
import { Agent, request } from 'node:http';

export interface Asked {
  path: string;
  method?: 'GET' | 'POST';
  body?: object;
}

export interface Latencies {
  /** Requests sent. */
  sent: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Answers by status, where it was none of success. */
  refused?: Record<string, number>;
  /** Not answered when the time was over; they count with the time that they had waited by then. */
  unanswered?: number;
  replyBytes: number;
}

/** How long answers are waited for behind the last request. */
const graceMs = 5_000;
const agent = new Agent({ keepAlive: true, maxSockets: 512 });

interface Answer {
  ms: number;
  /** 0 where none came in time. */
  status: number;
  bytes: number;
}

export function ask(
  url: string,
  key: string,
  { path, method = 'GET', body }: Asked,
  signal?: AbortSignal,
): Promise<Answer> {
  const from = performance.now();
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${key}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  return new Promise((resolve) => {
    let bytes = 0;
    const done = (status: number): void => resolve({ ms: performance.now() - from, status, bytes });
    const sent = request(
      `${url}${path}`,
      { method, headers, agent, ...(signal === undefined ? {} : { signal }) },
      (reply) => {
        reply.on('data', (chunk: Buffer) => (bytes += chunk.length));
        reply.once('end', () => done(reply.statusCode ?? 0)).once('error', () => done(0));
      },
    );
    sent.once('error', () => done(0));
    sent.end(text);
  });
}

const round = (ms: number): number => Math.round(ms * 10) / 10;

function summary(answers: readonly Answer[]): Latencies {
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (q: number): number => round(sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? NaN);
  const refused: Record<string, number> = {};
  for (const { status } of answers) if (status >= 300) refused[status] = (refused[status] ?? 0) + 1;
  const unanswered = answers.filter(({ status }) => status === 0).length;
  return {
    ...{ sent: answers.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) },
    ...(Object.keys(refused).length === 0 ? {} : { refused }),
    ...(unanswered === 0 ? {} : { unanswered }),
    replyBytes: Math.round(answers.reduce((sum, { bytes }) => sum + bytes, 0) / Math.max(1, answers.length)),
  };
}

/**
 * Sends requests at fixed times, whether or not the ones before were answered, and counts each from the time at which it was due:
 * a client that waits for answers hides how long others would have waited.
 */
export async function openLoop(
  target: { url: string; key: string },
  next: (n: number) => Asked,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<Latencies> {
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  const from = performance.now();
  const timer = setTimeout(() => over.abort(), seconds * 1_000 + graceMs);
  const answers: Promise<Answer>[] = [];
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const due = from + (n * 1_000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    const late = performance.now() - due;
    answers.push(
      ask(target.url, target.key, next(n), over.signal).then((answer) => ({ ...answer, ms: answer.ms + late })),
    );
  }
  const all = await Promise.all(answers);
  clearTimeout(timer);
  return summary(all);
}

/** One after the other, for as long as `seconds` or so many: what a question takes when nobody else asks. */
export async function oneByOne(
  target: { url: string; key: string },
  next: (n: number) => Asked,
  { most, seconds }: { most: number; seconds: number },
): Promise<Latencies> {
  const until = performance.now() + seconds * 1_000;
  const answers: Answer[] = [];
  for (let n = 0; n < most && (n === 0 || performance.now() < until); n += 1) {
    answers.push(await ask(target.url, target.key, next(n), AbortSignal.timeout(30_000)));
  }
  return summary(answers);
}

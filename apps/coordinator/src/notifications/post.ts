import { retryAfterMs } from './next-try.js';

/** What became of one try. */
export interface Tried {
  /** Null: no answer came. */
  status: number | null;
  /** Why it counts as not delivered, in words that name no URL; null: it was delivered. */
  error: string | null;
  /** For how long the receiver wants to be left alone. */
  retryAfterMs: number | null;
}

/** An answer must have begun by then. */
export const answerWithinMs = 10_000;

export interface PostLimits {
  withinMs?: number;
  /** Fires when the coordinator ends. */
  stopping?: AbortSignal;
}

/** The innermost code of a failed request: ECONNREFUSED, CERT_HAS_EXPIRED. Messages may hold the URL. */
function codeOf(error: unknown): string {
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = 'cause' in at ? at.cause : undefined) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return 'the connection failed';
}

const wentWrong: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED)',
  ENOTFOUND: 'its name is not known (ENOTFOUND)',
  UND_ERR_SOCKET: 'the connection broke before an answer came (UND_ERR_SOCKET)',
  ECONNRESET: 'the connection broke before an answer came (ECONNRESET)',
  CERT_HAS_EXPIRED: 'its certificate has expired (CERT_HAS_EXPIRED)',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'nobody vouches for its certificate (DEPTH_ZERO_SELF_SIGNED_CERT)',
};

/**
 * Posts a body once. Redirects are not followed, and nothing of an answer but its status is read: what listens there learns nothing of
 * this network, and tells nothing of it.
 */
export async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  { withinMs = answerWithinMs, stopping }: PostLimits = {},
): Promise<Tried> {
  const timeout = AbortSignal.timeout(withinMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'xperf-fleet', ...headers },
      body,
      redirect: 'manual',
      signal: stopping === undefined ? timeout : AbortSignal.any([timeout, stopping]),
    });
    await response.body?.cancel();
    const { status, ok } = response;
    if (ok) return { status, error: null, retryAfterMs: null };
    const redirected = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
    const asked = retryAfterMs(response.headers.get('retry-after'), Date.now());
    return { status, error: `it answered ${status}${redirected}`, retryAfterMs: asked };
  } catch (error) {
    if (stopping?.aborted) return { status: null, error: 'the coordinator ended meanwhile', retryAfterMs: null };
    if (timeout.aborted) return { status: null, error: `no answer within ${withinMs / 1_000} s`, retryAfterMs: null };
    const code = codeOf(error);
    return { status: null, error: wentWrong[code] ?? code, retryAfterMs: null };
  }
}

// Talking to the coordinator: the key, problem documents.
import { h } from './dom.js';

const storedKey = 'xf-key';

/** The key that a person typed in, for this tab only. On a local fleet a session stands in for it. */
export const key = {
  get: () => sessionStorage.getItem(storedKey),
  /** @param {string} value */
  set: (value) => sessionStorage.setItem(storedKey, value),
  forget: () => sessionStorage.removeItem(storedKey),
};

const storedSession = 'xf-session';

/** This page's half of the session that a link of `xf console` opened; the cookie is the other. */
export const session = {
  get: () => localStorage.getItem(storedSession),
  /** @param {string} half */
  set: (half) => localStorage.setItem(storedSession, half),
};

/** Whether a link of `xf console` let this page in, and no key was typed: such a session has the role submit (docs/security.md). */
export const openedByLink = () => key.get() === null && session.get() !== null;

/** What the coordinator refused, with its problem document (RFC 9457). */
export class ApiProblem extends Error {
  /** @param {Omit<import('#contracts').Problem, 'type' | 'instance'>} problem */
  constructor(problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

/**
 * @param {string} path
 * @param {Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }} [options]
 * @throws {ApiProblem} unless the coordinator does it
 */
async function request(path, options = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json', ...options.headers };
  const [typed, half] = [key.get(), session.get()];
  if (typed) headers.Authorization = `Bearer ${typed}`;
  else if (half) headers['X-Console-Session'] = half;
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    throw isAbort(error) ? error : new ApiProblem(noConnection);
  }
  if (response.ok) return response;
  throw new ApiProblem(await problemOf(response));
}

/** Whether nobody waits for it any more. @param {unknown} error */
export const isAbort = (error) => error instanceof DOMException && error.name === 'AbortError';

const noConnection = {
  title: 'The coordinator does not answer',
  status: 0,
  detail: 'No connection.',
  remedy: 'Check that it still runs, then load this page again.',
};

/**
 * The problem document of a refusal, or what stands in for one: a proxy in between, or a coordinator that breaks off, sends none.
 * @param {Response} response
 * @returns {Promise<ApiProblem['problem']>}
 */
async function problemOf(response) {
  const { status, statusText } = response;
  /** @type {unknown} */
  const reply = await response.json().catch(() => null);
  const told = /** @type {Partial<ApiProblem['problem']>} */ (typeof reply === 'object' && reply !== null ? reply : {});
  const code = [status, statusText].filter(Boolean).join(' ');
  return {
    ...told,
    status,
    title: told.title || (status < 500 ? 'This was refused' : 'The coordinator failed'),
    detail: told.detail || `The answer was ${code}, without a word on why; it may come from a proxy in between`,
    remedy: told.remedy ?? 'try again; if it stays, look into the logs of the coordinator and of what stands before it',
    errors: Array.isArray(told.errors) ? told.errors : [],
  };
}

/** @param {Response} response */
async function jsonOf(response) {
  try {
    const reply = /** @type {unknown} */ (await response.json());
    return reply;
  } catch (error) {
    if (isAbort(error)) throw error;
    // A connection that breaks off in the middle is no SyntaxError.
    if (!(error instanceof SyntaxError)) throw new ApiProblem(noConnection);
    throw new ApiProblem({
      title: 'This is not the coordinator’s answer',
      status: response.status,
      detail: `Something answered ${response.status}, but not with JSON; a proxy in between may want you to sign in there`,
      remedy: 'load this page again; if it stays, look at what stands between here and the coordinator',
    });
  }
}

/**
 * @param {string} path
 * @param {AbortSignal} signal
 * @returns {Promise<unknown>} the reply, of the shape that the contracts give this path
 */
export const get = async (path, signal) => jsonOf(await request(path, { signal }));

/**
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<unknown>}
 */
export const post = async (path, body) =>
  jsonOf(
    await request(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );

/**
 * Saves a reply as a file. A plain link could not carry the key.
 * @param {string} path
 * @param {string} name of the file
 */
export async function download(path, name) {
  const blob = await (await request(path, { headers: { Accept: '*/*' } })).blob();
  const href = URL.createObjectURL(blob);
  h('a', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/**
 * The beginning of a reply in bytes, as text. The rest is not fetched.
 * @param {string} path
 * @param {number} most bytes
 * @param {AbortSignal} signal
 */
export async function beginning(path, most, signal) {
  const ended = new AbortController();
  const response = await request(path, { signal: AbortSignal.any([signal, ended.signal]), headers: { Accept: '*/*' } });
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  const reader = response.body?.getReader();
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done || !value) return { text: text + decoder.decode(), whole: true };
    text += decoder.decode(value.subarray(0, most - bytes), { stream: true });
    bytes += value.length;
    if (bytes >= most) {
      ended.abort();
      return { text, whole: false };
    }
  }
}

/**
 * What went wrong, for a person. A field that a page does without, since the coordinator is older or newer than it, is a TypeError.
 * @param {unknown} error what was thrown
 */
export function messageOf(error) {
  if (error instanceof TypeError) {
    return `The coordinator’s answer is not what this page expects, so one may be older than the other: load the page again (${error.message})`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** A form's fields as an address carries them. @param {HTMLFormElement} form */
export function fieldsOf(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.append(name, value);
  return fields;
}

// Talking to the coordinator: the key, problem documents, streams.
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
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem({
      title: 'The coordinator does not answer',
      status: 0,
      detail: 'No connection.',
      remedy: 'Check that it still runs, then load this page again.',
    });
  }
  if (response.ok) return response;
  /** @type {unknown} */
  const reply = await response.json().catch(() => ({ title: response.statusText, detail: '', remedy: '' }));
  const problem = /** @type {Omit<ApiProblem['problem'], 'status'> & { status?: number }} */ (reply);
  throw new ApiProblem({ status: response.status, ...problem });
}

/**
 * @param {string} path
 * @param {AbortSignal} signal
 * @returns {Promise<unknown>} the reply, of the shape that the contracts give this path
 */
export const get = async (path, signal) => (await request(path, { signal })).json();

/**
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<unknown>}
 */
export const post = async (path, body) =>
  (
    await request(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  ).json();

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
 * Server-sent events by fetch, because EventSource can't send the key. Calls `onEvent(name, data)` until the stream
 * ends or `signal` aborts.
 * @param {string} path
 * @param {AbortSignal} signal
 * @param {(name: string, data: unknown) => void} onEvent
 */
export async function follow(path, signal, onEvent) {
  const response = await request(path, { signal, headers: { Accept: 'text/event-stream' } });
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const name = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (name && data) onEvent(name, JSON.parse(data));
    }
  }
}

/** @param {unknown} error what was thrown */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** A form's fields as an address carries them. @param {HTMLFormElement} form */
export function fieldsOf(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.append(name, value);
  return fields;
}

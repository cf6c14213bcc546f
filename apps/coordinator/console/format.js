// How names, times and links are written, the same on every page; figures and findings are worded by libs/wording.
import { h } from './dom.js';
import { count, jobStateName, jobStates, neverSeen, none, runStates } from '#wording';

/** Probes and metrics by name; of the contracts the browser gets the catalogue (index.html). */
export { everyMeasure, measureLabel, measureName } from '#contracts';

/** @param {string | null} iso */
export function time(iso) {
  if (!iso) return none;
  return h('time', { datetime: iso, title: iso }, timeText(iso));
}

/** @param {string} iso */
export const timeText = (iso) => new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** @param {string} iso @param {number} now */
function agoText(iso, now) {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86_400)} days ago`;
}

/**
 * How long ago, roughly; the exact time is in the tooltip.
 * @param {string | null} iso
 */
export function ago(iso, now = Date.now()) {
  return iso ? h('time', { class: 'ago', datetime: iso, title: iso }, agoText(iso, now)) : neverSeen;
}

/** Says anew how long ago, in rows that stand there since. @param {HTMLElement} element */
export function tellAgoAgain(element, now = Date.now()) {
  for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (element.querySelectorAll('time.ago'))) {
    time.textContent = agoText(time.dateTime, now);
  }
}

/**
 * Where a figure comes from; stands beside every figure.
 * @param {import('#contracts').Provenance | null} name
 */
export function provenance(name) {
  return name ? h('span', { class: `badge ${name}` }, name) : none;
}

/**
 * The state of a job or run, or a word that is drawn like one.
 * @param {string} name
 * @param {string} [meaning] shown as a hint
 */
export function state(name, meaning) {
  return h('span', { class: `state ${name}`, title: meaning }, name);
}

/** @param {Pick<import('#contracts').JobView, 'state' | 'outcome'>} job */
export const jobState = (job) => state(jobStateName(job), jobStates[jobStateName(job)]);
/** @param {import('#contracts').RunState} name */
export const runState = (name) => state(name, runStates[name]);

/**
 * The last group of an id: ids of the same minute share their beginning.
 * @param {string} uuid
 */
export const short = (uuid) => uuid.slice(-12);
/** @param {string} runId */
export const runLink = (runId) => h('a', { href: `#/runs/${runId}`, title: runId }, short(runId));
/** @param {string} jobId */
export const jobLink = (jobId) => h('a', { href: `#/jobs/${jobId}`, title: jobId }, short(jobId));

/** @param {string} hostId */
export const hostLink = (hostId) => h('a', { href: `#/hosts/${hostId}`, class: 'word' }, hostId);
/**
 * Some hosts by name, the rest counted.
 * @param {readonly string[]} ids
 * @param {number} [inAll] hosts, where `ids` are only some
 * @param {number} [most] that are named
 */
export function hostLinks(ids, inAll = ids.length, most = 8) {
  const named = ids.slice(0, most);
  return [
    named.map((id, i) => [i > 0 && ', ', hostLink(id)]),
    inAll > named.length && ` and ${count(inAll - named.length)} more`,
  ];
}

/** @param {Readonly<Record<string, string>>} labels */
export const labelList = (labels) =>
  h(
    'p',
    { class: 'labels' },
    Object.entries(labels).map(([name, value]) => h('code', {}, `${name}=${value}`)),
  );

/**
 * A selector, which may break after its terms and never within one.
 * @param {string} text
 */
export function selector(text) {
  const terms = text.split(/(?<=,)/);
  return h(
    'code',
    { class: 'selector' },
    terms.map((term, i) => [i > 0 && h('wbr'), h('span', { class: 'word' }, term)]),
  );
}

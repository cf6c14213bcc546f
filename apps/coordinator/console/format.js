// How figures and names are written, the same on every page.
import { h } from './dom.js';

/** Probes and metrics by name: the coordinator serves libs/contracts/src/catalogue.ts under this name. */
export { everyMeasure, measureLabel, measureName } from './catalogue.js';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A count, or a dash when there is none. */
export const count = (n) => (n === null || n === undefined ? '–' : whole.format(n));
/** TSC cycles. */
export const cycles = count;
/** Nanoseconds. */
export const nanoseconds = (n) => (n === null || n === undefined ? '–' : tenth.format(n));
/** A ratio with four significant digits. */
export const ratio = (n) => (n === null || n === undefined ? '–' : n.toPrecision(4));

export function time(iso) {
  if (!iso) return '–';
  const at = new Date(iso);
  const text = at.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
  return h('time', { datetime: iso, title: iso }, text);
}

/** How long ago, roughly; the exact time is in the tooltip. */
export function ago(iso, now = Date.now()) {
  if (!iso) return 'never';
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  const text =
    seconds < 90
      ? `${seconds} s`
      : seconds < 5400
        ? `${Math.round(seconds / 60)} min`
        : `${Math.round(seconds / 3600)} h`;
  return h('time', { datetime: iso, title: iso }, `${text} ago`);
}

/** Where a figure comes from; stands beside every figure. */
export function provenance(name) {
  return name ? h('span', { class: `badge ${name}` }, name) : '–';
}

/** The state of a job or run. */
export function state(name) {
  return h('span', { class: `state ${name}` }, name);
}

export const short = (uuid) => uuid.slice(0, 8);
export const bareOrVm = { bare: 'bare metal', vm: 'VM', container: 'container', unknown: 'unknown' };
export const runLink = (runId) => h('a', { href: `#/runs/${runId}`, title: runId }, short(runId));
export const jobLink = (jobId) => h('a', { href: `#/jobs/${jobId}`, title: jobId }, short(jobId));

const isolation = (kpti) => (kpti === null ? 'KPTI unknown' : `KPTI ${kpti ? 'on' : 'off'}`);
/** A cell of a job's matrix in few words. */
export const guestText = ({ series, kpti, cpuModel, bootOptions }) =>
  [`${series} ${isolation(kpti)}`, cpuModel, bootOptions === '' ? 'no boot options' : bootOptions]
    .filter((part) => part !== undefined)
    .join(', ');

/** QEMU's model where none was asked for. */
const ownModels = [null, 'default of QEMU', 'host'];
/** What of a result row's boot state makes the difference, in few words. */
export const bootText = ({ kernel, kpti, cpuModel, bootOptions }) =>
  [
    `${/^[\d.]*\d/.exec(kernel)?.[0] ?? kernel} ${isolation(kpti)}`,
    ownModels.includes(cpuModel) ? null : cpuModel,
    bootOptions,
  ]
    .filter((part) => part !== null)
    .join(', ');

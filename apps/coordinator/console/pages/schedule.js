import { get, post } from '../api.js';
import { facts, fill, h, refill, table, title } from '../dom.js';
import { textField } from '../fields.js';
import { jobLink, selector, time } from '../format.js';
import { count, counted } from '#wording';
import { live } from '../live.js';
import { problemBox } from '../problem-box.js';
import { due, hostsOf, latest, scheduleState } from './schedules.js';

/** @typedef {import('#contracts').ScheduleDetail} ScheduleDetail */

/** Where a text names a job, a link. @param {string} text */
const withJobLinks = (text) =>
  text
    .split(/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/)
    .map((part, i) => (i % 2 === 1 ? jobLink(part) : h('bdi', {}, part)));

/**
 * One schedule: when it is due, what has become of it, and paused and resumed by whoever may.
 * @param {HTMLElement} main
 * @param {{ scheduleName: string }} parameters
 * @param {AbortSignal} signal
 */
export async function schedulePage(main, { scheduleName }, signal) {
  const path = `v1/schedules/${encodeURIComponent(scheduleName)}`;
  const schedule = /** @type {ScheduleDetail} */ (await get(path, signal));
  const head = h('div');
  const history = h('div');
  const pause = pauseForm(path, show);

  /** @param {ScheduleDetail} now */
  function show(now) {
    refill(head, scheduleHead(now));
    pause.offer(now.state);
    refill(history, historyTable(now.history));
  }
  const read = async () => show(/** @type {ScheduleDetail} */ (await get(path, signal)));
  show(schedule);
  fill(
    main,
    ...[head, pause.element, live(10_000, signal, read)],
    h('p', {}, h('a', { href: `#/jobs?${new URLSearchParams({ q: scheduleName })}` }, 'Jobs named after it')),
    ...[h('h2', {}, 'What happened'), history],
  );
}

/** @param {ScheduleDetail['spec']['blackouts'][number]} blackout */
const blackoutText = (blackout) =>
  'after' in blackout
    ? [time(blackout.after), ' to ', time(blackout.before)]
    : `${(blackout.days ?? ['every day']).join(', ')} ${blackout.from} to ${blackout.to}`;

/** @param {ScheduleDetail} schedule */
function scheduleHead(schedule) {
  const { name, spec, setBy, setAt, paused, next, last } = schedule;
  const { job, jitterMinutes, blackouts, catchUp, overlap } = spec;
  return [
    title(name, scheduleState(schedule)),
    facts([
      ['When', [due(spec), jitterMinutes > 0 && `, up to ${counted(jitterMinutes, 'minute')} later`]],
      [
        'Paused',
        paused && [time(paused.at), ' by ', h('bdi', {}, paused.by), paused.note && [': ', h('bdi', {}, paused.note)]],
      ],
      ['Next', next.map((at) => h('div', {}, time(at)))],
      ['Latest', latest(last)],
      ['Not', blackouts.map((one) => h('div', {}, blackoutText(one)))],
      ['Missed times', catchUp === 'latest' ? 'the latest is made up for' : 'skipped'],
      ['While a job runs', overlap === 'skip' ? 'the next time is skipped' : 'the next job is submitted too'],
      ['Hosts', hostsOf(spec)],
      ['Control hosts', job.control && selector(job.control)],
      [
        'Asked for',
        `${counted(job.runsPerHost, 'run')} a host and probe, ${count(job.faults)} crossings a run, ${job.order}`,
      ],
      ['Set', [time(setAt), ' by ', h('bdi', {}, setBy)]],
    ]),
  ];
}

/** @param {ScheduleDetail['history']} history */
const historyTable = (history) =>
  table(
    'What happened',
    [
      { title: 'When', cell: ({ at }) => time(at) },
      { title: 'What', long: true, cell: ({ text }) => withJobLinks(text) },
      { title: 'By', cell: ({ by }) => h('bdi', {}, by) },
    ],
    history,
  );

/**
 * @param {string} path of the schedule
 * @param {(now: ScheduleDetail) => void} done
 */
function pauseForm(path, done) {
  const field = textField('note', 'Note', '', { placeholder: 'why; everybody can read it', maxlength: 1_000 });
  const note = /** @type {HTMLInputElement} */ (field.querySelector('input'));
  const button = h('button');
  const answer = h('div', { 'aria-live': 'polite' });
  let paused = false;
  const form = h(
    'form',
    {
      class: 'compare',
      onsubmit: async (event) => {
        event.preventDefault();
        button.disabled = true;
        fill(answer);
        try {
          const body = paused || note.value.trim() === '' ? {} : { note: note.value.trim() };
          done(/** @type {ScheduleDetail} */ (await post(`${path}/${paused ? 'resume' : 'pause'}`, body)));
          note.value = '';
        } catch (error) {
          fill(answer, problemBox(error));
        } finally {
          button.disabled = false;
        }
      },
    },
    ...[field, button],
  );
  return {
    element: h('section', { 'aria-label': 'Pause or resume' }, form, answer),
    /** @param {ScheduleDetail['state']} state */
    offer(state) {
      paused = state === 'paused';
      form.hidden = state === 'removed';
      field.hidden = paused;
      button.textContent = paused ? 'Resume' : 'Pause';
    },
  };
}

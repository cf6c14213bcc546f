import type { Blackout, ScheduleDetail, ScheduleView } from '#contracts';
import { counted, none } from '#wording';
import { type Column, type Look, plainLook } from './columns.js';
import { shortId, time } from './format.js';
import { type Listing, tableText } from './listing.js';

type Last = ScheduleView['last'];

function lastText(last: Last): string {
  if (last === null) return none;
  return last.jobId === null ? `skipped ${time(last.dueAt)}: ${last.skipped ?? ''}` : `job ${shortId(last.jobId)}`;
}

const hostsText = ({ spec: { job } }: ScheduleView): string => job.selector ?? (job.hosts ?? []).join(',');

const columns: readonly Column<ScheduleView>[] = [
  { head: 'schedule', of: ({ name }) => name },
  { head: 'state', of: ({ state }) => state },
  { head: 'when', of: ({ spec }) => `${spec.cron}${spec.timeZone === 'UTC' ? '' : ` ${spec.timeZone}`}` },
  {
    ...{ head: 'next', raw: ({ nextAt }: ScheduleView) => nextAt },
    of: ({ nextAt }) => (nextAt === null ? none : time(nextAt)),
  },
  {
    head: 'last',
    of: ({ last }) => lastText(last),
    raw: ({ last }) => last?.jobId ?? last?.skipped ?? null,
    cut: true,
  },
  { head: 'hosts', of: hostsText, cut: true, spare: true },
];

export const schedulesListing = (rows: readonly ScheduleView[]): Listing<ScheduleView> => ({
  ...{ columns, rows, name: ({ name }) => name },
});

export function schedulesText(schedules: readonly ScheduleView[], look: Look = plainLook): string {
  if (schedules.length === 0) return 'no schedules; make one: xf schedules set nightly "0 2 * * *" --selector "*"';
  return tableText(schedulesListing(schedules), look);
}

function blackoutText(blackout: Blackout): string {
  if ('after' in blackout) return `${time(blackout.after)} to ${time(blackout.before)}`;
  return `${(blackout.days ?? ['every day']).join(',')} ${blackout.from}-${blackout.to}`;
}

export function scheduleText(schedule: ScheduleDetail): string {
  const { name, state, spec, setBy, setAt, paused, next, history } = schedule;
  const { job, cron, timeZone, jitterMinutes, blackouts, catchUp, overlap } = spec;
  const said = paused === null ? '' : ` by ${paused.by}${paused.note === null ? '' : `: ${paused.note}`}`;
  const lines = [
    `schedule ${name}: ${state}${said}`,
    `when       ${cron} (${timeZone})${jitterMinutes === 0 ? '' : `, up to ${jitterMinutes} minutes later`}`,
    ...blackouts.map((blackout) => `not        ${blackoutText(blackout)}`),
    `missed     ${catchUp === 'latest' ? 'the latest is made up for' : 'skipped'}; while a job runs ${overlap === 'skip' ? 'the next is skipped' : 'the next is submitted too'}`,
    `hosts      ${hostsText(schedule)}${job.control === undefined ? '' : `, control ${job.control}`}`,
    `runs       ${job.runsPerHost} a host, ${job.faults} faults, ${job.order}, priority ${job.priority}`,
    ...(job.atOnce === undefined
      ? []
      : [`at once    ${counted(job.atOnce.hosts, 'host')} of each ${job.atOnce.label}`]),
    `set        ${time(setAt)} by ${setBy}`,
    ...(next.length === 0
      ? [`next       ${none}`]
      : next.map((at, n) => `${n === 0 ? 'next' : '    '}       ${time(at)}`)),
    ...(history.length === 0 ? [] : ['', ...history.slice(0, 10).map(({ at, text }) => `${time(at)}  ${text}`)]),
  ];
  return lines.join('\n');
}

import { cellOf } from '../cell.js';
import { boardUids } from '../links.js';

/** One alert: a query with columns `time`, labels as text, and `value`; it fires for each row whose value is above the limit. */
export interface AlertRule {
  name: string;
  /** File in this folder. */
  query: string;
  parameters?: Record<string, string>;
  above: number;
  /** How long it must hold. */
  for: string;
  severity: 'page' | 'notice';
  summary: string;
  /** What to look at, and what to do. */
  runbook: string;
  /** The panel that shows it: its board, and how its title begins. */
  panel: { board: string; title: string };
}

const { trends, operations, effects, regressions } = boardUids;

export const alertRules: readonly AlertRule[] = [
  {
    name: 'CrossingSlower',
    query: 'crossing-slower',
    above: 0,
    for: '0s',
    severity: 'page',
    summary:
      '{{ .Labels.measure }} became slower on {{ .Labels.generation }} ({{ .Labels.provenance }}), confirmed by fresh runs',
    runbook:
      'Nothing in the boot states explains it. xf regressions shows the hosts, the day and the first run of it. Acknowledge it, say that it was expected, or mute it: then this alert ends.',
    panel: { board: regressions, title: 'Open' },
  },
  {
    name: 'KnownChange',
    query: 'known-change',
    above: 0.01,
    for: '0s',
    severity: 'notice',
    summary:
      '{{ .Labels.measure }} is more than 1 % slower on {{ .Labels.generation }} since a change of boot state, now kernel {{ .Labels.kernel }} ({{ .Labels.provenance }})',
    runbook:
      'Six hosts or more changed their boot state within two weeks, and the 95 % interval of the median host lies above 1 %. It begins at six hosts (the range of six ratios holds the median host’s in 96.9 % of cases, of five in 93.8 %), so a change on fewer never fires; the panel and xf known-changes show it. The panel has what the kernel costs; microcode and mitigations are below it. What drifted meanwhile is in it: xf known-changes judges it against hosts that kept their boot state.',
    panel: { board: effects, title: 'Kernel' },
  },
  {
    name: 'HostOutlier',
    query: 'host-outlier',
    parameters: { cell: cellOf('series.executor') },
    above: 0.1,
    for: '1d',
    severity: 'notice',
    summary: '{{ .Labels.host }} lies more than 10 % off its like in {{ .Labels.measure }} ({{ .Labels.provenance }})',
    runbook:
      'Its level of the last seven days against the median of four hosts or more under the same generation, kernel and KPTI state. Look at its noise and boot state (xf doctor there); BIOS settings differ more often than silicon.',
    panel: { board: trends, title: 'Highest host above lowest' },
  },
  {
    name: 'HostSilent',
    query: 'host-silent',
    above: 15,
    for: '5m',
    severity: 'page',
    summary: 'The worker of {{ .Labels.host }} has been silent for more than 15 minutes',
    runbook:
      'It has missed three heartbeats and more; its runs wait. Look at the worker’s log on the host. One that is out of service does not fire: xf hosts drain, quarantine or remove it, with a reason.',
    panel: { board: operations, title: 'Hosts that serve' },
  },
  {
    name: 'NoRuns',
    query: 'no-runs',
    above: 36,
    for: '0s',
    severity: 'page',
    summary: 'No run was completed for 36 hours',
    runbook:
      'Nightly runs are a day apart. Look whether jobs are submitted (xf jobs), whether workers are there (xf hosts) and whether runs fail.',
    panel: { board: operations, title: 'Ended runs' },
  },
  {
    name: 'LossShare',
    query: 'loss-share',
    above: 0.01,
    for: '0s',
    severity: 'notice',
    summary:
      'More than 1 % of the faults of {{ .Labels.executor }} runs lost their sample in 24 hours ({{ .Labels.provenance }})',
    runbook:
      'The kernel log is too small or read too slowly, or something else writes to it. The reasons are on the panel; a larger log_buf_len or fewer faults a run help.',
    panel: { board: operations, title: 'Lost samples' },
  },
  {
    name: 'RunsFailing',
    query: 'runs-failing',
    above: 0.2,
    for: '0s',
    severity: 'page',
    summary: 'More than a fifth of {{ .Labels.executor }} runs failed in 6 hours',
    runbook: 'The panel has the failures by their codes; xf run ID has the message and the remedy of each.',
    panel: { board: operations, title: 'Failures by reason' },
  },
  {
    name: 'ProjectionStalled',
    query: 'projection-stalled',
    above: 10,
    for: '5m',
    severity: 'page',
    summary: 'Read model {{ .Labels.projection }} is behind and has not moved for 10 minutes',
    runbook:
      'Boards and comparisons miss the newest runs; nothing is lost. GET /v1/health names the holder and the lag; the coordinator’s log has the event that it stopped at. Restarting the coordinator is safe.',
    panel: { board: operations, title: 'Read models' },
  },
  {
    name: 'QueueStuck',
    query: 'queue-stuck',
    above: 60,
    for: '5m',
    severity: 'page',
    summary: '{{ .Labels.host }} has had queued runs for more than an hour, its worker is there, and none starts',
    runbook:
      'Tickets that are lost are put back within a minute. Look whether the worker’s queue is the coordinator’s (QUEUE_URL), and into the worker’s log.',
    panel: { board: operations, title: 'Runs that wait' },
  },
  {
    name: 'DatabaseGrowing',
    query: 'database-growing',
    above: 200e9,
    for: '1h',
    severity: 'notice',
    summary: 'At its growth of the last four weeks the database will be larger than 200 GB in 90 days',
    runbook:
      'Bytes of a run: docs/scaling.md. Take fewer samples a run, or make room: events are never deleted. Another limit: alerts/rules.ts.',
    panel: { board: operations, title: 'Database' },
  },
];

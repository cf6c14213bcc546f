import type { Command } from 'commander';
import type { Context } from './context.js';

interface CommandEntry {
  name: string;
  /** Its line in `xf --help`. */
  summary: string;
  /** Reads the command's module: what adds its options and action. */
  load: () => Promise<(verb: Command, context: Context) => void>;
}

/**
 * The commands of `xf`, in the order of `xf --help`. Only the module of the command that is called is read: with all of
 * them `xf --help` took 0.42 s of CPU, without 0.13.
 */
export const commands: readonly CommandEntry[] = [
  {
    name: 'up',
    summary: 'run the whole fleet on this machine: measure once, show the result, serve until Ctrl-C',
    load: async () => (await import('./commands/up.js')).registerUp,
  },
  {
    name: 'submit',
    summary: 'submit a job',
    load: async () => (await import('./commands/submit.js')).registerSubmit,
  },
  {
    name: 'watch',
    summary: 'follow a job until it ends, then show its results',
    load: async () => (await import('./commands/watch.js')).registerWatch,
  },
  {
    name: 'jobs',
    summary: 'list jobs, newest first, or show one with its results',
    load: async () => (await import('./commands/jobs.js')).registerJobs,
  },
  {
    name: 'cancel',
    summary: 'cancel a job: waiting runs are dropped, running ones stopped',
    load: async () => (await import('./commands/cancel.js')).registerCancel,
  },
  {
    name: 'rerun',
    summary: 'submit a job again: the same spec, a new id',
    load: async () => (await import('./commands/rerun.js')).registerRerun,
  },
  {
    name: 'retry',
    summary: 'submit what failed of a job again, as a new job',
    load: async () => (await import('./commands/retry.js')).registerRetry,
  },
  {
    name: 'schedules',
    summary: 'jobs that are submitted again and again: list, set, pause, remove',
    load: async () => (await import('./commands/schedules.js')).registerSchedules,
  },
  {
    name: 'label',
    summary: 'set labels of a job, or take them away',
    load: async () => (await import('./commands/label.js')).registerLabel,
  },
  {
    name: 'fleet',
    summary: 'the fleet at a glance: hosts that are silent, scatter, or were not measured lately',
    load: async () => (await import('./commands/fleet.js')).registerFleet,
  },
  {
    name: 'hosts',
    summary: 'list hosts, show one with its boot state, or take hosts out of service and back',
    load: async () => (await import('./commands/hosts.js')).registerHosts,
  },
  {
    name: 'runs',
    summary: 'list runs, or show one with its losses and boot state',
    load: async () => (await import('./commands/runs.js')).registerRuns,
  },
  {
    name: 'annotate',
    summary: 'put a note or labels on a run; xf runs <run> shows them',
    load: async () => (await import('./commands/annotate.js')).registerAnnotate,
  },
  {
    name: 'results',
    summary: 'results of many runs, grouped; all hosts have the same weight',
    load: async () => (await import('./commands/results.js')).registerResults,
  },
  {
    name: 'replay',
    summary: 'read stored kernel logs again with the current parser, and correct runs that an older one read',
    load: async () => (await import('./commands/replay.js')).registerReplay,
  },
  {
    name: 'import',
    summary: 'turn a kernel log that xperf wrote into runs, labelled imported (docs/import.md)',
    load: async () => (await import('./commands/import.js')).registerImport,
  },
  {
    name: 'compare',
    summary: 'is b slower than a? With the interval, and which hosts it holds for',
    load: async () => (await import('./commands/compare.js')).registerCompare,
  },
  {
    name: 'report',
    summary: 'a comparison as one HTML page: verdict, charts, boot states, run ids; for a mail or an archive',
    load: async () => (await import('./commands/report.js')).registerReport,
  },
  {
    name: 'trends',
    summary: 'how levels developed over time, and which boot states changed meanwhile',
    load: async () => (await import('./commands/trends.js')).registerTrends,
  },
  {
    name: 'known-changes',
    summary: 'the effect of new kernels, microcode, boot options and machines on their hosts',
    load: async () => (await import('./commands/known-changes.js')).registerKnownChanges,
  },
  {
    name: 'regressions',
    summary: 'changes without a known cause, dated, with suspects; hosts that moved together are one entry',
    load: async () => (await import('./commands/regressions.js')).registerRegressions,
  },
  {
    name: 'notifications',
    summary: 'where regressions, silent hosts, failed jobs and noise are told: list, set, test, log, replay',
    load: async () => (await import('./commands/notifications.js')).registerNotifications,
  },
  {
    name: 'bisect',
    summary: 'the first slow one in a row of kernels, boot options or hosts',
    load: async () => (await import('./commands/bisect.js')).registerBisect,
  },
  {
    name: 'trace',
    summary: 'a figure of a run down to the kernel-log bytes that it comes from; all its figures computed again',
    load: async () => (await import('./commands/trace.js')).registerTrace,
  },
  {
    name: 'export',
    summary: "write a run's samples, or those of all completed runs of a job",
    load: async () => (await import('./commands/export.js')).registerExport,
  },
  {
    name: 'events',
    summary: 'list events, newest first, or follow them as they come',
    load: async () => (await import('./commands/events.js')).registerEvents,
  },
  {
    name: 'keys',
    summary: 'list API keys, make one, revoke one',
    load: async () => (await import('./commands/keys.js')).registerKeys,
  },
  {
    name: 'console',
    summary: 'a link that opens the console of this machine’s fleet without a key, once',
    load: async () => (await import('./commands/console.js')).registerConsole,
  },
  {
    name: 'admin',
    summary: 'what takes an admin key: streams that were set aside, the read model',
    load: async () => (await import('./commands/admin.js')).registerAdmin,
  },
  {
    name: 'demo',
    summary: 'make a year of history of a simulated fleet, with a known story, in a separate database',
    load: async () => (await import('./commands/demo.js')).registerDemo,
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    load: async () => (await import('./commands/completion.js')).registerCompletion,
  },
  {
    name: 'doctor',
    summary: 'what this machine can measure, what is missing, and what disturbs it',
    load: async () => (await import('./commands/doctor.js')).registerDoctor,
  },
  {
    name: 'sim',
    summary: 'the simulator: explain a crossing, predict, calibrate, write a log, serve a fleet',
    load: async () => (await import('./commands/sim.js')).registerSim,
  },
  {
    name: 'log',
    summary: 'read a kernel log, without a coordinator',
    load: async () => (await import('./commands/log.js')).registerLog,
  },
  {
    name: 'stats',
    summary: 'statistics of files of numbers: compare two, interval of a median, changes of level, plan an experiment',
    load: async () => (await import('./commands/stats.js')).registerStats,
  },
];

import type { Command } from 'commander';

/** What the API and the command line call by different names. */
const optionNames: Readonly<Record<string, string>> = {
  ...{ jobId: 'job', hostId: 'host', runId: 'run', submittedBy: 'by', labels: 'label', hosts: 'host', probes: 'probe' },
  ...{ runsPerHost: 'runs', timeoutMs: 'timeout', jitterMinutes: 'jitter', blackouts: 'blackout' },
  ...{ 'matrix.series': 'matrixSeries', 'matrix.kpti': 'matrixKpti', 'matrix.cpuModel': 'matrixCpuModel' },
  ...{ 'matrix.bootOptions': 'matrixBootOptions', 'unavailable.silent': 'silent' },
  ...{ 'unavailable.draining': 'draining', 'unavailable.quarantined': 'quarantined' },
  ...{ url: 'to', causes: 'cause' },
};

/** A field of a request as what was typed, where the command has it: `--since`, or `<cron>` of an argument. */
export function flagOf(command: Command): (field: string) => string {
  return (whole) => {
    // A schedule's job is given by the same options as a job that is submitted.
    const field = whole.replace(/^job\./, '');
    for (const name of [/^[^.[]+\.[^.[]+/, /^[^.[]+/].flatMap((part) => part.exec(field) ?? [])) {
      const option = command.options.find((one) => one.attributeName() === (optionNames[name] ?? name));
      if (typeof option?.long === 'string') return `${option.long}${field.slice(name.length).replace(/^\./, ' ')}`;
      if (command.registeredArguments.some((one) => one.name() === name)) return `<${name}>`;
    }
    return whole;
  };
}

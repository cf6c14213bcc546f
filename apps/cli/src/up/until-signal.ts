import type { CliError } from '../cli-error.js';

export interface UntilSignal {
  /** Aborts when the end has come. */
  signal: AbortSignal;
  /** Fulfilled by a signal to this process; rejected by `fail`. */
  ended: Promise<void>;
  fail: (error: CliError) => void;
  /** Lets signals do again what they did before. */
  release: () => void;
}

/** Waits for Ctrl-C and the like. */
export function untilSignal(): UntilSignal {
  const aborting = new AbortController();
  let end: () => void = () => undefined;
  let reject: (error: CliError) => void = () => undefined;
  const ended = new Promise<void>((done, failed) => {
    end = done;
    reject = failed;
  });
  ended.catch(() => undefined); // whoever waits for it hears of it
  const onSignal = (): void => {
    end();
    aborting.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: aborting.signal,
    ended,
    fail: (error) => {
      reject(error);
      aborting.abort();
    },
    release: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

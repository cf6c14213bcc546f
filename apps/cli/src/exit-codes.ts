/** Exit codes of `xf`; `xf --help` lists them. */
export const exitCodes = {
  /** The command did what it was asked. */
  ok: 0,
  /** The job or run did not succeed, or the local fleet could not start. */
  failed: 1,
  /** Unknown command or option, or a value that can't be read. */
  usage: 2,
  /** No coordinator answers, or none is known. */
  unreachable: 3,
  /** The coordinator refused the request: key, rights, validation, not found, conflict. */
  refused: 4,
  /** The coordinator failed, or its reply does not fit this release's contract. */
  coordinator: 5,
  /** Stopped by Ctrl-C or SIGTERM. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

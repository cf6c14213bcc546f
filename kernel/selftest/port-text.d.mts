export interface LogRecord {
  readonly sequence: number;
  readonly text: string;
}
export interface PortText {
  readonly records: LogRecord[];
  readonly lostRecords: number;
  readonly epipes: number;
  readonly facts: Map<string, string[]>;
  readonly factsAfter: Map<string, string[]>;
  readonly output: string[];
  readonly errors: string[];
  readonly exit: { readonly status: number; readonly signal: number } | undefined;
  readonly complete: boolean;
}
export interface Sample {
  readonly seq: number;
  readonly u2k: number;
  readonly k2u: number;
  readonly interrupted: boolean;
}
export interface LoggedRun {
  readonly begin?: Record<string, string>;
  readonly end?: Record<string, string>;
  readonly pids: Set<string>;
  readonly lines: number;
  readonly firsts: number[];
  readonly samples: Sample[];
}
export function fnv1a(text: string): string;
export function readPort(text: string): PortText;
export function readRuns(records: readonly { text: string }[]): { runs: Map<string, LoggedRun>; damaged: string[] };

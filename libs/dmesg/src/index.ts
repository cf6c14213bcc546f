// Kernel-log bytes in, measurements out. No I/O of its own.
export { createLogReader, type LogForm, type LogReader, type LogReaderOptions } from './log-reader.js';
export type {
  Accounting,
  BeginItem,
  EndItem,
  GapItem,
  LogItem,
  RawRange,
  LoggedSamples,
  SamplesItem,
} from './log-item.js';
export { type BootLines, createBootLineReader } from './boot-lines.js';
export { magicText } from './contract-line.js';
export { fnv1a } from './fnv1a.js';
export { formatContractLine } from './format-line.js';
export { parserVersion } from './parser-version.js';
export {
  createOriginReportReader,
  readOriginReports,
  type OriginReport,
  type OriginReportReader,
} from './origin-report.js';
export { createRunFinder, type FoundRun, type RunFinder, type RunsFound } from './run-finder.js';
export { createRecordReader, type RecordReader } from './records/record-reader.js';
export type { LogRecord } from './records/log-record.js';
export type { RecordForm } from './records/recognise.js';

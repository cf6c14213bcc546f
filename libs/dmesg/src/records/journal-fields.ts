import { plainRecord, type LogRecord } from './log-record.js';
import type { RawRange } from '../log-item.js';

/** Journal fields (systemd.journal-fields(7)) of one entry as a record of the kernel log. */
export function journalRecord(fields: ReadonlyMap<string, string>, range: RawRange, message: RawRange): LogRecord {
  const record = plainRecord(fields.get('MESSAGE') ?? '', range, message.rawFrom, message.rawTo);
  record.level = wholeNumber(fields.get('PRIORITY'));
  record.facility = wholeNumber(fields.get('SYSLOG_FACILITY'));
  record.monotonicUs = wholeNumber(fields.get('_SOURCE_MONOTONIC_TIMESTAMP') ?? fields.get('__MONOTONIC_TIMESTAMP'));
  const realtime = wholeNumber(fields.get('__REALTIME_TIMESTAMP'));
  record.wallTime = realtime === null ? null : isoOfMicroseconds(realtime);
  for (const [name, value] of fields)
    if (name.startsWith('_KERNEL_')) record.dictionary[name.slice('_KERNEL_'.length)] = value;
  return record;
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : null;
}

function isoOfMicroseconds(value: number): string | null {
  const time = new Date(Math.floor(value / 1_000));
  if (Number.isNaN(time.getTime())) return null;
  return time.toISOString().replace(/\.\d+Z$/, `.${String(value % 1_000_000).padStart(6, '0')}Z`);
}

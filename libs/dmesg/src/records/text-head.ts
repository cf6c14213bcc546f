import { microseconds, priority } from './log-record.js';

/** What stands before a message in the text forms, as far as it tells. */
export interface TextHead {
  level: number | null;
  facility: number | null;
  monotonicUs: number | null;
  wallTime: string | null;
  caller: string | null;
  /** Characters that the head takes. */
  length: number;
}

const levels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];
/** Names of util-linux's dmesg, in the order of their syslog numbers. */
const facilities = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const rawPriority = /^<(\d{1,4})>/;
const decodedPriority = /^([a-z]+) *:([a-z]+) *: /;
/** `[   12.345678] `, with the caller that CONFIG_PRINTK_CALLER adds, or the `<delta>` of dmesg -d and journalctl. */
const sinceBoot = /^\[ *(\d+\.\d{6})(?: <[ +]*\d+\.\d{6} ?>| +)?\](?:\s?\[ *([TC]\d+)\])? ?/;
const deltaOnly = /^\[(?:<[ +]*\d+\.\d{6}>| *\+\d+\.\d{6})\] ?/;
/** dmesg -T, with -d the delta too. */
const ctime = /^\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})(?: <[ +]*\d+\.\d{6}>)?\] ?/;
const relativeStart = /^\[([A-Z][a-z]{2}) ?(\d{1,2}) (\d\d:\d\d)\] ?/;
const isoTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?([+-]\d\d:?\d\d|Z) /;
const traditionalTime = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d(?:\.\d{6})?) /;
/** journalctl -o short-full. Of its names of time zones only UTC says how far off it is. */
const fullTime = /^[A-Z][a-z]{2} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (\S{1,9}) /;
/** journalctl -o short-unix: seconds since 1970. */
const unixTime = /^(\d{1,11})\.(\d{6}) /;
/** Host and tag of syslog and journal lines. */
const hostAndTag = /^\S{1,255} kernel: /;

function month(name: string): string | null {
  const index = months.indexOf(name);
  return index < 0 ? null : String(index + 1).padStart(2, '0');
}

function date(year: string, name: string, day: string, time: string): string | null {
  const number = month(name);
  return number === null ? null : `${year}-${number}-${day.padStart(2, '0')}T${time}`;
}

/** The head of one line of text, or null when it has none. */
export function readTextHead(line: string): TextHead | null {
  const head: TextHead = { level: null, facility: null, monotonicUs: null, wallTime: null, caller: null, length: 0 };
  readPriority(line, head);
  if (readBootTime(line, head)) skipHostAndTag(line, head);
  else readWallTime(line, head);
  return head.length === 0 ? null : head;
}

function readPriority(line: string, head: TextHead): void {
  const raw = rawPriority.exec(line);
  if (raw !== null) {
    Object.assign(head, priority(Number(raw[1])));
    head.length = raw[0].length;
    return;
  }
  const decoded = decodedPriority.exec(line);
  if (decoded === null) return;
  const [text, facility = '', level = ''] = decoded;
  if (!facilities.includes(facility) || !levels.includes(level)) return;
  head.facility = facilities.indexOf(facility);
  head.level = levels.indexOf(level);
  head.length = text.length;
}

function readBootTime(line: string, head: TextHead): boolean {
  const rest = line.slice(head.length);
  const found = sinceBoot.exec(rest);
  if (found !== null) {
    head.monotonicUs = microseconds(found[1] ?? '0');
    head.caller = found[2] ?? null;
    head.length += found[0].length;
    return true;
  }
  const delta = deltaOnly.exec(rest);
  if (delta !== null) head.length += delta[0].length;
  return delta !== null;
}

/** journalctl -o short-monotonic puts host and tag behind the time. */
function skipHostAndTag(line: string, head: TextHead): void {
  const found = hostAndTag.exec(line.slice(head.length));
  if (found !== null) head.length += found[0].length;
}

function readWallTime(line: string, head: TextHead): void {
  const rest = line.slice(head.length);
  const bracketed = ctime.exec(rest);
  if (bracketed !== null) {
    const [text, name = '', day = '', time = '', year = ''] = bracketed;
    setWallTime(head, date(year, name, day, time), text.length);
    return;
  }
  const relative = relativeStart.exec(rest);
  if (relative !== null) {
    const [text, name = '', day = '', time = ''] = relative;
    setWallTime(head, date('XXXX', name, day, time), text.length);
    return;
  }
  const iso = isoTime.exec(rest);
  if (iso !== null) {
    const [text, time = '', fraction, offset = ''] = iso;
    setWallTime(head, `${time}${fraction === undefined ? '' : `.${fraction}`}${offset}`, text.length);
    readSyslogTail(line, head);
    return;
  }
  readSyslogTime(line, head);
}

/** Times that mean one only in front of a host and the kernel's tag: else this is some other program's line. */
function readSyslogTime(line: string, head: TextHead): void {
  const rest = line.slice(head.length);
  const traditional = traditionalTime.exec(rest);
  const full = fullTime.exec(rest);
  const unix = unixTime.exec(rest);
  const length = (traditional ?? full ?? unix)?.[0].length ?? 0;
  if (length === 0 || !hostAndTag.test(rest.slice(length))) return;
  if (traditional !== null) {
    const [, name = '', day = '', time = ''] = traditional;
    setWallTime(head, date('XXXX', name, day, time), length);
  } else if (full !== null) setWallTime(head, `${full[1]}T${full[2]}${full[3] === 'UTC' ? 'Z' : ''}`, length);
  else if (unix !== null) {
    const seconds = new Date(Number(unix[1]) * 1_000).toISOString().slice(0, -'.000Z'.length);
    setWallTime(head, `${seconds}.${unix[2]}Z`, length);
  }
  readSyslogTail(line, head);
}

function setWallTime(head: TextHead, wallTime: string | null, length: number): void {
  if (wallTime === null) return;
  head.wallTime = wallTime;
  head.length += length;
}

/** rsyslog's imklog leaves the kernel's own time at the start of the message. */
function readSyslogTail(line: string, head: TextHead): void {
  const tag = hostAndTag.exec(line.slice(head.length));
  if (tag === null) return;
  head.length += tag[0].length;
  readBootTime(line, head);
}

// One way to log for every process, so that an error in a log line always has its stack and a secret never stands in one.
export { type OnError, seldom } from './seldom.js';
export { createLog, type LogOptions } from './create-log.js';

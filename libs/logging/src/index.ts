// One way to log for every process, so that an error in a log line always has its stack and a secret never stands in one.
export { createLog, type LogOptions } from './create-log.js';

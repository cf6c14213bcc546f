// npm run fuzz:dmesg [-- <logs> <seed>]: the full count of mutated logs; prints one JSON line, fails on a violation.
import { fuzzLogReader } from './fuzz.js';

const [logs = 1_000_000, seed = 1] = process.argv.slice(2).map(Number);
const limitMiB = 512;

fuzzLogReader({ logs: Math.min(logs, 20_000), seed: seed - 1 }); // warms up, so that what follows shows growth only
const before = process.memoryUsage().rss;
const started = process.hrtime.bigint();
const report = fuzzLogReader({ logs, seed });
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
const grownMiB = Math.round((process.memoryUsage().rss - before) / 1_048_576);
process.stdout.write(`${JSON.stringify({ ...report, seed, seconds: Math.round(seconds), grownMiB })}\n`);
if (grownMiB > limitMiB) throw new Error(`memory grew by ${grownMiB} MiB over ${logs} logs`);

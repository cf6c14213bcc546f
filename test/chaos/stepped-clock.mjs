// Preloaded into a fleet's processes (node --import): lets their wall clock be set from outside while they run. The file
// that CHAOS_CLOCK names holds the milliseconds by which it is off. Timers and performance.now() run on as they would.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const file = process.env.CHAOS_CLOCK;
const Real = Date;
let offsetMs = 0;

/** @param {string} file */
function readOffset(file) {
  try {
    offsetMs = Number(readFileSync(file, 'utf8')) || 0;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    offsetMs = 0;
  }
}

const now = () => Real.now() + offsetMs;
if (file) {
  readOffset(file);
  setInterval(() => readOffset(file), 100).unref();
  globalThis.Date = new Proxy(Real, {
    /** @returns {unknown} */
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    apply: () => new Real(now()).toString(),
    construct: (target, args, made) => {
      const date = /** @type {Date} */ (
        Reflect.construct(target, args.length === 0 ? [now()] : args, made === globalThis.Date ? target : made)
      );
      return date;
    },
  });
}

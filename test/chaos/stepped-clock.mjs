// Preloaded into a fleet's processes (node --import): lets their wall clock be set from outside while they run. The file
// that CHAOS_CLOCK names holds the milliseconds by which it is off. Timers and performance.now() run on as they would.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const file = process.env.CHAOS_CLOCK;
const Real = Date;
let offsetMs = 0;

function look() {
  try {
    offsetMs = Number(readFileSync(file, 'utf8')) || 0;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    offsetMs = 0;
  }
}

const now = () => Real.now() + offsetMs;
if (file) {
  look();
  setInterval(look, 100).unref();
  globalThis.Date = new Proxy(Real, {
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    apply: () => new Real(now()).toString(),
    construct: (target, args, made) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, made === globalThis.Date ? target : made),
  });
}

import type { Command } from 'commander';
import type { Context } from '../context.js';
import { registerCalibration } from './sim/calibration.js';
import { registerExplain } from './sim/explain.js';
import { registerFleet } from './sim/fleet.js';
import { registerLog } from './sim/log.js';
import { registerPredict } from './sim/predict.js';

/** `xf sim …`: the simulator by itself. Only `sim fleet` needs a coordinator. */
export function registerSim(verb: Command, context: Context): void {
  for (const register of [registerExplain, registerPredict, registerCalibration, registerLog, registerFleet])
    register(verb, context);
}

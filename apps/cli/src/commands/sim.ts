import type { Command } from 'commander';
import type { Context } from '../context.js';
import { registerCalibration } from './sim/calibration.js';
import { registerExplain } from './sim/explain.js';
import { registerFleet } from './sim/fleet.js';
import { registerLog } from './sim/log.js';
import { registerPredict } from './sim/predict.js';

/** `xf sim …`: the simulator by itself. Only `sim fleet` needs a coordinator. */
export function registerSim(program: Command, context: Context): void {
  const sim = program
    .command('sim')
    .description('the simulator: explain a crossing, predict, calibrate, write a log, serve a fleet');
  for (const register of [registerExplain, registerPredict, registerCalibration, registerLog, registerFleet])
    register(sim, context);
}

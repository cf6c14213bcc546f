import type { Command } from 'commander';
import { bandRecords, calibrationReport } from '#entry-sim';
import { type Context, show } from '../../context.js';
import { calibrationText } from '../../output/sim-calibration.js';

export function registerCalibration(sim: Command, context: Context): void {
  sim
    .command('calibration')
    .description('each published figure beside the model’s')
    .option('--all', 'also the tables of single instructions, which the model takes over unchanged')
    .action(({ all }: { all?: boolean }, command: Command) => {
      const rows = calibrationReport();
      const shown = all === true ? rows : rows.filter(({ id }) => !id.includes(':'));
      show(context, command, { figures: rows, bands: bandRecords(rows) }, ({ bands }, look) =>
        calibrationText(shown, bands, look),
      );
    });
}

import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type Conditions,
  PAGING_MODES,
  type Paging,
  PROGRAM_NAMES,
  type ProgramName,
  SimulationRefused,
} from '#entry-sim';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import { decimal } from '../arguments.js';

export interface ConditionOptions {
  cpu: string;
  kpti?: boolean;
  verw?: boolean;
  virt?: Paging;
  program?: ProgramName;
  coreMhz?: number;
  tscMhz?: number;
}

function onOff(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new InvalidArgumentError('must be on or off.');
}

/** The options by which a person says what machine is meant; left out, each is as the machine's own. */
export function conditionOptions(command: Command): Command {
  return command
    .requiredOption('--cpu <machine>', 'for example haswell-ep; an unknown name lists them all')
    .option('--kpti <on|off>', 'page-table isolation', onOff)
    .option('--verw <on|off>', 'clear CPU buffers on the way out', onOff)
    .addOption(new Option('--virt <mode>', 'how page tables are virtualized').choices(PAGING_MODES))
    .addOption(new Option('--program <program>', 'whose stamps: our hook, or the origin').choices(PROGRAM_NAMES))
    .option('--core-mhz <mhz>', 'clock of the core', decimal)
    .option('--tsc-mhz <mhz>', 'rate of the TSC', decimal);
}

export const conditionsOf = ({ cpu, kpti, verw, virt, program, coreMhz, tscMhz }: ConditionOptions): Conditions => ({
  cpu, kpti, verw, virt, program, coreMhz, tscMhz,
}); // prettier-ignore

/** A refusal of the simulator as the command's own: usage, with the remedy. */
export function simulated<T>(simulate: () => T): T {
  try {
    return simulate();
  } catch (error) {
    if (!(error instanceof SimulationRefused)) throw error;
    throw new CliError(error.message.replace(`; ${error.remedy}`, ''), error.remedy, exitCodes.usage);
  }
}

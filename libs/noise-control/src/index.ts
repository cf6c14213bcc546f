// What disturbs a measurement on a machine, how to quieten it, and how to put it back.
export { allowedCpus, measuringCpu, parseCpuList } from './knobs/cpu-list.js';
export type { Change, Finding, KnobName } from './knobs/knob.js';
export { noiseFrom, type Refusal } from './knobs/readings.js';
export { JournalError } from './rim/journal.js';
export type { KnobFiles } from './rim/knob-files.js';
export {
  machineAt,
  pinnedCpu,
  readFindings,
  restore,
  setQuiet,
  type Applied,
  type Machine,
  type Restoration,
} from './rim/noise-control.js';

// How figures and findings are written, for the command line, the coordinator and the console. The console loads the built
// files as they are, so that nothing here may import more than types from elsewhere.
export {
  band,
  change,
  count,
  counted,
  cycles,
  difference,
  figure,
  listed,
  margin,
  megabytes,
  nanoseconds,
  none,
  percent,
  ratio,
  wholePercent,
} from './figures.js';
export { bootText, guestText, matrixText, virtualizationName } from './boot.js';
export { noiseNotes, noiseReasons, noiseText, noisyMachine } from './noise.js';
export {
  attemptText,
  endedRuns,
  failedRuns,
  hostStateName,
  hostStates,
  isHeldUp,
  jobStateName,
  jobStates,
  neverSeen,
  onOff,
  runsByState,
  runStates,
  runStateText,
  skippedText,
  waitsForText,
} from './states.js';
export { hostActionsIn, hostActionTexts, unavailableChoices, usualChoices } from './host-actions.js';
export { floorMark, floorNotes, floorText, gradeText, isFlagged, noisiest, noisyHostsNote } from './noise-floor.js';
export { intervalText, unitName, verdictSentence, whyVerdict } from './verdict.js';
export { byValuesInNaturalOrder, inNaturalOrder } from './order.js';
export { bootChangeText, fieldsText, hostsText } from './known-changes.js';
export { alsoHow, changedHow, changedWhen, findingStateNames, unmeasured } from './finding.js';

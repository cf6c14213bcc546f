// A run's log, cut and packed as it is stored: what a worker and an import have in common.
export { CaptureBatcher, type Captured, type CapturedBatch } from './capture-batcher.js';
export { captureCommands, type CaptureCommand, type Payload } from './capture-commands.js';
export { unbelievable } from './unbelievable.js';

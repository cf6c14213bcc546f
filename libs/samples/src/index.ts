// Packed sample batches: what `sample_batches.samples` holds.
export { decodeSamples } from './decode.js';
export { encodeSamples } from './encode.js';
export { SampleCodecError } from './sample-codec-error.js';
export { metricsOf, type SampleColumns } from './sample-columns.js';
export { samplesInconsistent, type RunAccount } from './samples-inconsistent.js';
export { SequenceTally } from './sequence-tally.js';

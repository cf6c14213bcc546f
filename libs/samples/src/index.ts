// Sample batches: packed as `sample_batches.samples` holds them, and as text for exports.
export { decodeSamples } from './decode.js';
export { encodeSamples } from './encode.js';
export { SampleCodecError } from './sample-codec-error.js';
export { metricsOf, type SampleColumns } from './sample-columns.js';
export { batchText, headerText, mediaTypeOf, type SampleFormat } from './sample-text.js';
export { samplesInconsistent, type RunAccount } from './samples-inconsistent.js';
export { SequenceTally } from './sequence-tally.js';

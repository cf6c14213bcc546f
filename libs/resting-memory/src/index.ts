export { giveMemoryBackAtRest } from './give-memory-back.js';
export { boundHeapGrowth } from './heap-growth.js';

export { giveMemoryBackAtRest } from './give-memory-back.js';

export { beginSpan, type OpenSpan, type Step, traced, tracedEach } from './traced.js';

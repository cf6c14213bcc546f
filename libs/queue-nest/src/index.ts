// The producer as a Nest module. Apart from #queue, because Nest would cost the worker 45 MB of memory for nothing.
export { QueueModule, type QueueModuleOptions } from './queue.module.js';

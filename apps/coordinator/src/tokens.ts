/** Names under which Nest provides what is not a class of ours. */
export const SETTINGS = Symbol('Settings');
export const DATABASE = Symbol('PrismaClient');
export const LOGGER = Symbol('pino Logger');
/** AbortSignal that fires when the coordinator begins to stop; long replies end themselves on it. */
export const STOPPING = Symbol('AbortSignal of the shutdown');

import type { NotificationCause } from '#contracts';
import type { CauseWatch } from './cause-watch.js';
import { hostSilent } from './host-silent.js';
import { jobFailed } from './job-failed.js';
import { knownChange } from './known-change.js';
import { noise } from './noise.js';
import { regression } from './regression.js';

/** How each cause is noticed. */
export const causeWatches: Readonly<Record<NotificationCause, CauseWatch>> = {
  regression,
  'known-change': knownChange,
  'host-silent': hostSilent,
  'job-failed': jobFailed,
  noise,
};

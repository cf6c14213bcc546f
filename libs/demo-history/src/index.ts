// A year of history of a simulated fleet, with a story that is known: the answer key of trends and regressions.
export {
  checkOptions,
  demoDefaults,
  demoLimits,
  type DemoOptions,
  DemoRefused,
  hostsForScale,
  lastNightBefore,
} from './options.js';
export { makeStory, type Story, type StoryItem, type StoryKind } from './story/story.js';
export { type History, historyOf } from './history/history.js';
export { writeHistory, type WriteOptions } from './history/write-history.js';
export { storyOf } from './story/story-file.js';

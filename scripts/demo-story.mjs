// npm run demo:story: writes demo/story.json, the answer key of the default demo until a fixed night.
import { writeFileSync } from 'node:fs';
import { demoDefaults, historyOf, storyOf } from '#demo-history';

const story = storyOf(historyOf({ ...demoDefaults, until: '2026-11-25' }));
writeFileSync(new URL('../demo/story.json', import.meta.url), `${JSON.stringify(story, null, 2)}\n`);

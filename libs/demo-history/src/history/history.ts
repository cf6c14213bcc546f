import type { DemoOptions } from '../options.js';
import { makeStory, type Story } from '../story/story.js';
import { courseOf, type HostCourse } from './host-course.js';
import { type Append, hostAppends, hostsOn, nightOf, type Night, runAppends } from './night.js';

/** A history that can be written night by night, from any night on. */
export interface History {
  story: Story;
  courses: readonly HostCourse[];
  night(night: number): Night | null;
  /** All appends of a night: what is new of hosts, then the job and its runs. Nights must be written in their order. */
  appendsOf(night: number): Iterable<Append>;
  /** Runs of all nights. */
  runs: number;
}

export function historyOf(options: DemoOptions): History {
  const story = makeStory(options);
  const courses = story.tenures.map((tenure) => courseOf(story, tenure));
  const nightNumbers = Array.from({ length: options.days }, (_, night) => night);
  const outage = story.items.find(({ kind }) => kind === 'outage');
  const isOut = (night: number): boolean => outage !== undefined && outage.night <= night && night <= outage.lastNight;
  const runs = nightNumbers.reduce(
    (sum, night) => sum + (isOut(night) ? 0 : hostsOn(courses, night).length * options.runs),
    0,
  );
  function* appendsOf(night: number): Generator<Append> {
    const known = new Set(
      courses.flatMap(({ boots }) => boots.filter((boot) => boot.night < night).map((boot) => boot.bootStateHash)),
    );
    yield* hostAppends(story, courses, night, known);
    const planned = nightOf(story, courses, night);
    if (planned !== null) yield* runAppends(planned);
  }
  return { story, courses, night: (night) => nightOf(story, courses, night), appendsOf, runs };
}

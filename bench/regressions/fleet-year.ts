// A year of a simulated fleet as days' levels: the demo's own courses (libs/demo-history), its runs' medians drawn from the same parameters
// instead of simulated crossing by crossing, which would take hours for 20 seeds.
import { noise } from '#entry-sim';
import { type DemoOptions, makeStory } from '#demo-history';
import { courseOf, type HostCourse } from '../../libs/demo-history/src/history/host-course.js';
import { normalDeviates } from '../../libs/stats/src/normal-deviates.js';

export type Course = HostCourse;
export interface History {
  story: ReturnType<typeof makeStory>;
  courses: Course[];
}

/** A history; a quiet one has the hosts of its first night all the while, and nothing happens. */
function historyOf(options: DemoOptions, quiet: boolean): History {
  const whole = makeStory(options);
  const stay = whole.tenures.filter(({ from }) => from === 0).map((tenure) => ({ ...tenure, to: options.days }));
  const story = quiet ? { ...whole, items: [], tenures: stay } : whole;
  return { story, courses: story.tenures.map((tenure) => courseOf(story, tenure)) };
}

/** A night of a host: the geometric mean of its runs and how they scatter. */
export interface NightLevel {
  level: number;
  runSd: number;
}

/** What is left of a run's samples in its median. */
const medianSd = (samples: number): number => (1.2533 * noise.bodySigma.value) / Math.sqrt(samples);

export function fleetYear(options: DemoOptions, { quiet = false } = {}) {
  const history = historyOf(options, quiet);
  const draw = normalDeviates(options.seed * 7_919 + 1);
  const outage = history.story.items.find(({ kind }) => kind === 'outage');
  const isOut = (night: number): boolean => outage !== undefined && outage.night <= night && night <= outage.lastNight;
  /** Runs of a host under what is the matter with it on that night; drawn anew at each call. */
  const runsOf = (course: Course, night: number, runs: number): number[] => {
    const { level, unrest } = course.conditionsAt(night);
    const sd = Math.hypot(unrest * noise.runSigma.value, medianSd(options.samples));
    return Array.from({ length: runs }, () => level * Math.exp(sd * draw()));
  };
  const nightOf = (course: Course, night: number): NightLevel | null => {
    if (isOut(night) || night < course.tenure.from || night >= course.tenure.to) return null;
    const logs = runsOf(course, night, options.runs).map(Math.log);
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
    return { level: Math.exp(mean), runSd: Math.sqrt(squares / (logs.length - 1)) };
  };
  return { history, runsOf, nightOf };
}

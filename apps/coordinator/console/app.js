// Which page the address names, and what happens when it can't be shown.
import { ApiProblem, isAbort, key, messageOf, session } from './api.js';
import { showDemo } from './demo-notice.js';
import { fill, h, title } from './dom.js';
import { loading } from './loading.js';
import { showOldRuns } from './old-runs-notice.js';
import { problemBox } from './problem-box.js';
import { signInForm } from './sign-in.js';

/** @typedef {{ query: URLSearchParams, jobId: string, findingId: string, hostId: string, runId: string, scheduleName: string }} PageParameters a page reads those that its pattern names */

/** @typedef {(main: HTMLElement, parameters: PageParameters, signal: AbortSignal) => Promise<void>} Page */

/**
 * Address after `#`, and the page that it names, loaded when somebody goes there. A page gets (main, parameters, signal) and fills main.
 *
 * @type {[pattern: RegExp, name: string, load: () => Promise<Page>][]}
 */
const routes = [
  [/^\/fleet$/, 'Fleet', async () => (await import('./pages/fleet.js')).fleetPage],
  [/^\/jobs$/, 'Jobs', async () => (await import('./pages/jobs.js')).jobsPage],
  [/^\/jobs\/(?<jobId>[^/]+)$/, 'Job', async () => (await import('./pages/job.js')).jobPage],
  [/^\/hosts$/, 'Hosts', async () => (await import('./pages/hosts.js')).hostsPage],
  [/^\/hosts\/(?<hostId>[^/]+)$/, 'Host', async () => (await import('./pages/host.js')).hostPage],
  [/^\/runs\/(?<runId>[^/]+)$/, 'Run', async () => (await import('./pages/run.js')).runPage],
  [/^\/trends$/, 'Trends', async () => (await import('./pages/trends.js')).trendsPage],
  [/^\/regressions$/, 'Regressions', async () => (await import('./pages/regressions.js')).regressionsPage],
  [
    /^\/regressions\/(?<findingId>[^/]+)$/,
    'Regression',
    async () => (await import('./pages/regression.js')).regressionPage,
  ],
  [/^\/compare$/, 'Compare', async () => (await import('./pages/compare.js')).comparePage],
  [/^\/matrix$/, 'Matrix', async () => (await import('./pages/matrix-page.js')).matrixPage],
  [/^\/submit$/, 'Submit a job', async () => (await import('./pages/submit.js')).submitPage],
  [/^\/schedules$/, 'Schedules', async () => (await import('./pages/schedules.js')).schedulesPage],
  [/^\/schedules\/(?<scheduleName>[^/]+)$/, 'Schedule', async () => (await import('./pages/schedule.js')).schedulePage],
  [/^\/crossing$/, 'Crossing', async () => (await import('./pages/crossing.js')).crossingPage],
  [/^\/notifications$/, 'Notifications', async () => (await import('./pages/notifications.js')).notificationsPage],
  [/^\/events$/, 'Events', async () => (await import('./pages/events.js')).eventsPage],
];

/** Takes what a login link left behind `#` out of the address: this page's half of the session, or that it was no good. */
function arrival() {
  const half = /^#session=([\w-]{43})$/.exec(location.hash)?.[1];
  const refused = location.hash === '#link-not-good';
  if (half) session.set(half);
  if (half || refused) history.replaceState(null, '', location.pathname);
  return { refused };
}

/** @param {string} id of an element of index.html */
function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`index.html has no #${id}`);
  return element;
}

const { refused: linkRefused } = arrival();
const main = byId('main');
const [demo, notice] = [byId('demo'), byId('notice')];
let leaving = new AbortController();

async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const [path = '', query] = location.hash
    .slice(1)
    .replace(/^\/?(?=\?|$)/, '/fleet')
    .split('?');
  const route = routes.map(([pattern, name, load]) => ({ match: pattern.exec(path), name, load })).find((r) => r.match);
  markNavigation(path);
  if (!route) {
    document.title = 'No such page · xperf-fleet';
    main.replaceChildren(title('No such page'), h('p', {}, h('a', { href: '#/fleet' }, 'Go to the fleet')));
    return;
  }
  document.title = `${route.name} · xperf-fleet`;
  void showDemo(demo, signal);
  void showOldRuns(notice, signal);
  main.replaceChildren(loading('Loading…'));
  try {
    const named = { ...route.match?.groups, query: new URLSearchParams(query ?? '') };
    const parameters = /** @type {PageParameters} */ (/** @type {unknown} */ (named));
    const page = await route.load();
    if (signal.aborted) return;
    await page(main, parameters, signal);
    if (!signal.aborted) nameTab(route.name);
  } catch (error) {
    if (!signal.aborted) fill(main, failure(error));
  }
}

/** A tab says what it shows, so that one is found among many. @param {string} page */
function nameTab(page) {
  const heading = main.querySelector('h1')?.textContent ?? page;
  document.title = `${heading} · xperf-fleet`;
}

/** @param {string} path */
function markNavigation(path) {
  const section = path.replace(/^\/(runs|submit)\b/, '/jobs'); // a run is part of its job, and a job begins there
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll('nav a'))) {
    const here = section.startsWith(link.hash.slice(1)) && link.hash !== '';
    if (here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

/** @param {unknown} error */
function failure(error) {
  if (!(error instanceof ApiProblem)) {
    return [
      title('This page failed'),
      h('p', { role: 'alert' }, `${messageOf(error)}. If it stays, report it.`),
      h('p', {}, h('button', { type: 'button', onclick: () => location.reload() }, 'Load it again')),
    ];
  }
  if (error.problem.status === 401 || error.problem.status === 403) return signIn(error.problem);
  return [
    title(error.problem.title),
    problemBox(error),
    h('p', {}, h('button', { type: 'button', onclick: show }, 'Try again')),
  ];
}

/** @param {ApiProblem['problem']} problem */
function signIn(problem) {
  const refused = key.get() !== null;
  key.forget();
  const noLink = 'This link was used already or has expired. Get another one with xf console.';
  const why = refused ? `${problem.detail}.` : 'This fleet shows its figures to holders of a key.';
  return [
    title('Sign in'),
    linkRefused ? h('p', { role: 'alert' }, noLink) : null,
    h('p', { role: refused ? 'alert' : null }, why),
    signInForm(show),
    h(
      'p',
      { class: 'quiet' },
      'An admin makes keys with xf keys create; the role read is enough to look. The key stays in this tab. ' +
        'On the machine of npm start, xf console prints a link that needs no key.',
    ),
  ];
}

/** What nobody caught: said above the page, which stays as it is. @param {unknown} error */
function uncaught(error) {
  if (isAbort(error)) return;
  main.prepend(error instanceof ApiProblem ? problemBox(error) : h('p', { role: 'alert' }, `${messageOf(error)}.`));
}

addEventListener('unhandledrejection', ({ reason }) => uncaught(reason));
addEventListener('error', ({ error }) => uncaught(error));
addEventListener('hashchange', () => {
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
  void show();
});
document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault(); // the address's # names pages here
  main.focus();
});
await show();

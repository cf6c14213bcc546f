// Which page the address names, and what happens when it can't be shown.
import { ApiProblem, key, messageOf, session } from './api.js';
import { showDemo } from './demo-notice.js';
import { fill, h, title } from './dom.js';
import { comparePage } from './pages/compare.js';
import { crossingPage } from './pages/crossing.js';
import { eventsPage } from './pages/events.js';
import { fleetPage } from './pages/fleet.js';
import { hostPage } from './pages/host.js';
import { hostsPage } from './pages/hosts.js';
import { jobPage } from './pages/job.js';
import { jobsPage } from './pages/jobs.js';
import { matrixPage } from './pages/matrix-page.js';
import { showOldRuns } from './old-runs-notice.js';
import { regressionPage } from './pages/regression.js';
import { regressionsPage } from './pages/regressions.js';
import { runPage } from './pages/run.js';
import { problemBox } from './problem-box.js';
import { submitPage } from './pages/submit.js';
import { trendsPage } from './pages/trends.js';

/** @typedef {{ query: URLSearchParams, jobId: string, findingId: string, hostId: string, runId: string }} PageParameters a page reads those that its pattern names */

/**
 * Address after `#`, and the page that it names. A page gets (main, parameters, signal) and fills main.
 *
 * @type {[pattern: RegExp, name: string, page: (main: HTMLElement, parameters: PageParameters, signal: AbortSignal) => Promise<void>][]}
 */
const routes = [
  [/^\/fleet$/, 'Fleet', fleetPage],
  [/^\/jobs$/, 'Jobs', jobsPage],
  [/^\/jobs\/(?<jobId>[^/]+)$/, 'Job', jobPage],
  [/^\/hosts$/, 'Hosts', hostsPage],
  [/^\/hosts\/(?<hostId>[^/]+)$/, 'Host', hostPage],
  [/^\/runs\/(?<runId>[^/]+)$/, 'Run', runPage],
  [/^\/trends$/, 'Trends', trendsPage],
  [/^\/regressions$/, 'Regressions', regressionsPage],
  [/^\/regressions\/(?<findingId>[^/]+)$/, 'Regression', regressionPage],
  [/^\/compare$/, 'Compare', comparePage],
  [/^\/matrix$/, 'Matrix', matrixPage],
  [/^\/submit$/, 'Submit a job', submitPage],
  [/^\/crossing$/, 'Crossing', crossingPage],
  [/^\/events$/, 'Events', eventsPage],
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
  const [path = '', query] = (location.hash.slice(1) || '/fleet').split('?');
  const route = routes.map(([pattern, name, page]) => ({ match: pattern.exec(path), name, page })).find((r) => r.match);
  markNavigation(path);
  if (!route) {
    document.title = 'No such page · xperf-fleet';
    main.replaceChildren(title('No such page'), h('p', {}, h('a', { href: '#/fleet' }, 'Go to the fleet')));
    return;
  }
  document.title = `${route.name} · xperf-fleet`;
  void showDemo(demo, signal);
  void showOldRuns(notice, signal);
  main.replaceChildren(h('p', { class: 'loading', role: 'status' }, 'Loading…'));
  try {
    const named = { ...route.match?.groups, query: new URLSearchParams(query ?? '') };
    const parameters = /** @type {PageParameters} */ (/** @type {unknown} */ (named));
    await route.page(main, parameters, signal);
  } catch (error) {
    if (!signal.aborted) fill(main, failure(error));
  }
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
      h('p', { role: 'alert' }, `${messageOf(error)}. Load it again; if it stays, report it.`),
    ];
  }
  if (error.problem.status === 401 || error.problem.status === 403) return signIn(error.problem);
  return [
    title(error.problem.title),
    problemBox(error.problem),
    h('p', {}, h('button', { type: 'button', onclick: show }, 'Try again')),
  ];
}

/** @param {ApiProblem['problem']} problem */
function signIn(problem) {
  const refused = key.get() !== null;
  key.forget();
  const input = h('input', { id: 'key', type: 'password', required: true, autocomplete: 'off', spellcheck: 'false' });
  const form = h(
    'form',
    {
      class: 'sign-in',
      onsubmit: (event) => {
        event.preventDefault();
        key.set(input.value.trim());
        void show();
      },
    },
    h('label', { for: 'key' }, 'API key'),
    input,
    h('button', {}, 'Open the console'),
  );
  const noLink = 'This link was used already or has expired. Get another one with xf console.';
  const why = refused ? `${problem.detail}.` : 'This fleet shows its figures to holders of a key.';
  return [
    title('Sign in'),
    linkRefused ? h('p', { role: 'alert' }, noLink) : null,
    h('p', { role: refused ? 'alert' : null }, why),
    form,
    h(
      'p',
      { class: 'quiet' },
      'An admin makes keys with POST /v1/keys; the role read is enough to look. The key stays in this tab. ' +
        'On the machine of npm start, xf console prints a link that needs no key.',
    ),
  ];
}

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

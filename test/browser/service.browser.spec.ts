// Hosts out of service, labels of jobs and schedules on the console: what is sent, what is said, what is refused.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page, Route } from 'playwright-core';
import { eventually } from '../eventually.js';
import { seriousViolations } from './appearance.js';
import { launch, newPage, open } from './chromium.js';
import { type ConsoleAlone, example, startConsoleAlone } from './console-alone.js';

jest.setTimeout(180_000);

let served: ConsoleAlone;
let browser: Browser;
beforeAll(async () => {
  [served, browser] = await Promise.all([startConsoleAlone(), launch()]);
});
afterAll(async () => {
  await browser.close();
  await served.close();
});

let page: Page;
beforeEach(async () => {
  ({ page } = await newPage(browser));
});
afterEach(async () => {
  await page.context().close();
});

const show = (where: string) => open(page, served.origin, where);
const table = (name: string) => page.getByRole('region', { name, exact: true });

/** The bodies of what is posted to a path from now on, each answered so. */
async function posted(path: string, reply: Parameters<Route['fulfill']>[0]): Promise<unknown[]> {
  const bodies: unknown[] = [];
  await page.route(new RegExp(`/v1/${path}$`), (route) => {
    if (route.request().method() === 'GET') return route.fallback();
    bodies.push(route.request().postDataJSON());
    return route.fulfill(reply);
  });
  return bodies;
}

const since = '2026-11-27T10:02:00.000Z';
const waitsFor = [
  { state: 'silent', hosts: 4, runs: 8, named: [{ hostId: 'r7-h1', since, reason: null }] },
  { state: 'never', hosts: 1, runs: 2, named: [{ hostId: 'lab-1', since: null, reason: null }] },
];
const skipped = [{ state: 'quarantined', hosts: 1, hostIds: ['r7-h3'] }];

const mayNot = {
  status: 403,
  json: {
    ...{ title: 'Forbidden', status: 403, detail: 'the key has the role read, and this route needs admin' },
    remedy: 'sign in with another key',
  },
};

describe('a job that some hosts can’t begin', () => {
  it('says by state what becomes of them before it is submitted, and lets a person choose', async () => {
    const plan = { ...example<object>('jobs.preview'), hosts: 25, runs: 50, waitsFor, skipped };
    const bodies = await posted('jobs/preview', { json: plan });
    await show('/submit?selector=rack%3Dr7');
    const rows = table('Hosts by state').getByRole('row');
    expect((await rows.allInnerTexts()).slice(1)).toEqual([
      'online\t20\t40\trun\t–',
      expect.stringMatching(/^silent\t4\t8\ttheir runs wait until they are back\tr7-h1 since .* and 3 more$/),
      'never heard of\t1\t2\ttheir runs wait for a worker\tlab-1',
      'quarantined\t1\t–\tleft out\tr7-h3',
    ]);
    expect(await page.getByLabel('If quarantined').locator('option').allInnerTexts()).toEqual([
      'left out (usual)',
      'they wait',
      'job refused',
    ]);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('If silent').selectOption('skip');
    await page.getByLabel('Labels of the job').fill('team=kernel, oops');
    await eventually('it is asked again', () =>
      Promise.resolve(JSON.stringify(bodies.at(-1)).includes('"labels":{"team":"kernel","oops":""}')),
    );
    expect(bodies.at(0)).not.toHaveProperty('unavailable');
    expect(bodies.at(-1)).toMatchObject({ selector: 'rack=r7', unavailable: { silent: 'skip' } });
  });

  it('says why nothing moves, and shows these hosts', async () => {
    const { jobId, spec, runs } = example<{ jobId: string; spec: object; runs: object }>('jobs.read');
    const job = {
      ...{ ...example<object>('jobs.read'), state: 'running', outcome: null, endedAt: null, waitsFor, skipped },
      spec: { ...spec, selector: 'rack=r7' },
      runs: { ...runs, planned: 6, queued: 4, started: 0 },
    };
    await page.route(/\/v1\/jobs\/[^/]+$/, (route) => route.fulfill({ json: job }));
    await show(`/jobs/${jobId}`);
    const notes = page.getByRole('region', { name: 'Progress' }).getByRole('note');
    expect(await notes.allInnerTexts()).toEqual([
      '1 quarantined host left out: r7-h3.',
      'Nothing moves: all 10 runs that are left wait.',
      expect.stringMatching(/^8 runs wait for 4 silent hosts: r7-h1 since .* and 3 more\. Show these hosts$/),
      '2 runs wait for 1 host without a worker: lab-1. Show these hosts',
    ]);
    const link = notes.getByRole('link').first();
    expect(await link.getAttribute('href')).toBe('#/hosts?selector=rack%3Dr7&state=silent');
  });
});

describe('hosts out of service', () => {
  const reply = {
    ...{ action: 'drain', changed: ['demo-01'], unchanged: ['demo-02'] },
    refused: [{ hostId: 'demo-03', message: 'demo-03 is <b>quarantined', remedy: 'release it first' }],
  };

  it('are chosen in the list, and what became of each is said', async () => {
    const bodies = await posted('host-actions', { json: reply });
    const [host] = example<{ items: object[] }>('hosts.list').items;
    const items = ['demo-01', 'demo-02', 'demo-03'].map((hostId) => ({ ...host, hostId }));
    await page.route(/\/v1\/hosts\?/, (route) => route.fulfill({ json: { items, nextCursor: null } }));
    await show('/hosts');
    expect(await page.getByRole('button', { name: 'Drain', exact: true }).isVisible()).toBe(false);
    await page.getByLabel('Choose demo-02').press('Space');
    await page.getByText('1 host chosen').waitFor();
    await page.getByRole('button', { name: 'Choose all that are shown' }).click();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Drain', exact: true }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Drain 3 hosts?' });
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Drain 3 hosts' }).click();
    expect(bodies).toEqual([]); // a reason is asked for
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Drain', exact: true }).click();
    await dialog.getByLabel(/^Why/).fill('new DIMMs');
    await dialog.getByLabel(/^Why/).press('Enter');
    await page.getByText('Drain: done to 1 host; 1 host was so already.').waitFor();
    await page.getByText('Refused: demo-03 is <b>quarantined. What to do: release it first.').waitFor();
    const hosts = ['demo-02', 'demo-01', 'demo-03'];
    expect(bodies).toEqual([{ action: 'drain', hosts, reason: 'new DIMMs' }]);
    expect(await page.getByLabel('Choose demo-01').isChecked()).toBe(false);
  });

  it('are offered what changes them, and a key that may not is told so', async () => {
    await posted('host-actions', mayNot);
    const host = {
      ...{ ...example<object>('hosts.read'), state: 'quarantined' },
      outOfService: { since, by: 'key:1', reason: 'the fan' },
    };
    await page.route(/\/v1\/hosts\/[^/]+$/, (route) => route.fulfill({ json: host }));
    await show('/hosts/demo-01');
    const offered = page.getByRole('group', { name: 'Service' }).getByRole('button');
    expect(await offered.allInnerTexts()).toEqual(['Release', 'Remove']);
    await offered.first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Why/).fill('a new fan');
    await dialog.getByRole('button', { name: 'Release 1 host' }).click();
    await dialog.getByText('this route needs admin').waitFor();
    expect(await dialog.getByLabel(/^Why/).inputValue()).toBe('a new fan');
    await page.goBack();
    await dialog.waitFor({ state: 'detached' });
  });
});

describe('a job’s labels', () => {
  it('are shown, set and taken away, and lead to the jobs that have them', async () => {
    const job = { ...example<{ jobId: string }>('jobs.read'), labels: { team: 'kernel' } };
    await page.route(/\/v1\/jobs\/[^/]+$/, (route) => route.fulfill({ json: job }));
    const bodies = await posted('jobs/[^/]+/labels', { json: { ...job, labels: { draft: 'yes' } } });
    await show(`/jobs/${job.jobId}`);
    const labels = page.getByRole('region', { name: 'Labels' });
    expect(await labels.getByRole('link', { name: 'team=kernel' }).getAttribute('href')).toBe(
      '#/jobs?labels=team%3Dkernel',
    );
    await labels.getByLabel('Label', { exact: true }).fill('draft=yes');
    await labels.getByRole('button', { name: 'Set' }).click();
    await labels.getByRole('link', { name: 'draft=yes' }).waitFor();
    await labels.getByRole('button', { name: 'Take draft away' }).click();
    await eventually('it is taken away', () => Promise.resolve(bodies.length === 2));
    expect(bodies).toEqual([{ labels: { draft: 'yes' } }, { labels: { draft: null } }]);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('narrow the list of jobs', async () => {
    await show('/jobs?labels=team%3Dkernel');
    expect(await page.getByLabel('Labels').inputValue()).toBe('team=kernel');
    const asked = page.waitForRequest(/labels=team%3Dperf/);
    await page.getByLabel('Labels').fill('team=perf');
    await page.getByLabel('Labels').press('Enter');
    await asked;
  });
});

describe('schedules', () => {
  it('are listed, and one is paused with a note', async () => {
    const jobId = '7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11';
    const text = `submitted job ${jobId} for 2026-11-27T01:00:00.000Z`;
    const schedule = {
      ...example<object>('schedules.read'),
      history: [{ event: 'ScheduleFired', at: since, by: 'system', text }],
    };
    await page.route(/\/v1\/schedules\/nightly$/, (route) => route.fulfill({ json: schedule }));
    const bodies = await posted('schedules/nightly/pause', { json: example<object>('schedules.pause') });
    await show('/schedules');
    expect(await seriousViolations(page)).toEqual([]);
    await table('Schedules').getByRole('link', { name: 'nightly' }).click();
    await table('What happened')
      .getByRole('link', { name: jobId.slice(-12) })
      .waitFor();
    await page.getByLabel('Note').fill('the hall is too warm');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    await page.locator('.facts').getByText('the hall is too warm').waitFor();
    expect(bodies).toEqual([{ note: 'the hall is too warm' }]);
    expect(await seriousViolations(page)).toEqual([]);
  });
});

describe('notifications', () => {
  it('are shown with what became of them; a route is tested, and what was given up is sent again', async () => {
    const [message] = example<{ items: object[] }>('notifications.list').items;
    const markup = { ...message, state: 'dead', title: '<img src=x> is silent', attempts: 30 };
    await page.route(/\/v1\/notifications\?/, (route) =>
      route.fulfill({ json: { items: [message, markup], nextCursor: null } }),
    );
    const replays = await posted('notifications/replay', { json: example<object>('notifications.replay') });
    await show('/notifications');
    expect((await table('Messages').getByRole('row').allInnerTexts()).slice(1)).toEqual([
      expect.stringMatching(
        /\tops\thost-silent\t2 hosts of rack r7 are silent\s+1 host: h1\s+waiting 2 tries\s+it answered 500\s/,
      ),
      expect.stringMatching(
        /\t<img src=x> is silent\s+1 host: h1\s+given up 30 tries\s+it answered 500\s.*\tSend again$/,
      ),
    ]);
    await table('Routes').getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('Delivered to ops: it answered 200.').waitFor();
    await table('Messages').getByRole('button', { name: 'Send again' }).click();
    await page.getByText('It is sent again').waitFor();
    expect(replays).toEqual([{ messageIds: ['0d3f8a52-5a0e-4f2b-8a55-9a1b2c3d4e5f'] }]);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('are paused with a reason, and resumed', async () => {
    const route = example<{ items: [object] }>('notificationroutes.list').items[0];
    const path = 'notification-routes/ops';
    const pauses = await posted(`${path}/pause`, { json: route });
    const resumes = await posted(`${path}/resume`, { json: route });
    const paused = { by: 'key:ops', at: since, note: 'Slack moves' };
    await page.route(/\/v1\/notification-routes\?/, (all) =>
      all.fulfill({
        json: {
          items: [{ ...route, name: 'ops', ...(pauses.length > resumes.length && { state: 'paused', paused }) }],
          nextCursor: null,
        },
      }),
    );
    await show('/notifications');
    await table('Routes').getByRole('button', { name: 'Pause…' }).click();
    await page.getByText('messages that wait are dropped').waitFor();
    await page.getByLabel('Why; everybody can read it').fill('Slack moves');
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await page.getByText('ops is paused.').waitFor();
    await table('Routes').getByText('by key:ops: Slack moves').waitFor();
    await table('Routes').getByRole('button', { name: 'Resume' }).click();
    await page.getByText('ops goes on').waitFor();
    await table('Routes').getByRole('button', { name: 'Pause…' }).waitFor();
    expect([pauses, resumes]).toEqual([[{ note: 'Slack moves' }], [{}]]);
    expect(await seriousViolations(page)).toEqual([]);
  });
});

describe('what takes an admin key', () => {
  it.each(['/hosts/demo-01', '/notifications'])(
    'is said of a link’s session on %s before it is tried',
    async (where) => {
      await show(where);
      const note = page.getByText('an admin key is needed, and a link of xf console has none');
      expect(await note.count()).toBe(0);
      await page.evaluate(() => localStorage.setItem('xf-session', 'x'.repeat(43)));
      await page.reload();
      await note.click();
      await page.getByLabel('API key').fill('xf_admin_key');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await note.waitFor({ state: 'detached' });
      expect(await page.evaluate(() => sessionStorage.getItem('xf-key'))).toBe('xf_admin_key');
    },
  );
});

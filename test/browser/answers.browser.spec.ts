// What the console makes of answers that are late, wrong, of another version or strange.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import type { Browser, Page, Route } from 'playwright-core';
import { eventually } from '../eventually.js';
import { seriousViolations } from './appearance.js';
import { launch, newPage, open, type WatchedPage } from './chromium.js';
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
let faults: WatchedPage['faults'];
beforeEach(async () => {
  ({ page, faults } = await newPage(browser));
});
afterEach(async () => {
  await page.context().close();
});

const show = (where: string) => open(page, served.origin, where);
const go = (where: string) => page.goto(`${served.origin}/#${where}`);
const table = (name: string) => page.getByRole('region', { name, exact: true });

/** Answers a path of the API by `answer` from now on; `path` without a query. */
const answer = (path: string, reply: (route: Route) => Promise<unknown>) =>
  page.route(new RegExp(`/v1/${path}(\\?|$)`), reply);

/** Answers that are held until they are let go; `asked` counts the requests. */
function held(reply: (route: Route) => Promise<unknown> = (route) => route.continue()) {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const counted = { asked: 0 };
  return {
    counted,
    release,
    answer: async (route: Route) => {
      counted.asked += 1;
      await released;
      await reply(route).catch(() => undefined); // it may have been given up
    },
  };
}

const running = () => ({
  ...example<{ jobId: string; spec: object }>('jobs.read'),
  state: 'running',
  outcome: null,
  endedAt: null,
});

describe('a coordinator that is slow', () => {
  it('is said to be slow, and waited for', async () => {
    await page.clock.install();
    const late = held();
    await answer('hosts', late.answer);
    await go('/hosts');
    await page.getByText('Loading…').waitFor();
    await page.clock.fastForward(6_000);
    await page.getByText('has not answered for 5 s; still waiting').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Ask again' }).click();
    await eventually('it is asked again', () => Promise.resolve(late.counted.asked === 2));
    late.release();
    await table('Hosts').getByRole('link', { name: 'demo-01' }).waitFor();
    expect(faults).toEqual([]);
  });

  it('is asked one thing at a time by a list that is live, which says that it stands still', async () => {
    await page.clock.install();
    await show('/events');
    const late = held();
    await answer('events', late.answer);
    await page.clock.runFor(3_000);
    await eventually('it is asked', () => Promise.resolve(late.counted.asked === 1));
    await page.clock.runFor(30_000);
    await page.getByText(/This page stands as of .*: the coordinator is slow to answer/).waitFor();
    expect(late.counted.asked).toBe(1);
    late.release();
    await page.getByText('slow to answer').waitFor({ state: 'hidden' });
    expect(faults).toEqual([]);
  });

  it('is not waited for where a person has asked for something else', async () => {
    await show('/hosts');
    const late = held();
    await answer('hosts', late.answer);
    const search = page.getByRole('searchbox', { name: 'Search' });
    const form = page.getByRole('search');
    for (const text of ['d', 'de', 'dem']) {
      await search.fill(text);
      await form.evaluate((element: HTMLFormElement) => element.requestSubmit());
    }
    // The third is asked although the first has not been answered: nobody waits for that any more.
    await eventually('all are asked', () => Promise.resolve(late.counted.asked === 3));
    late.release();
    await page.locator('[aria-busy]').waitFor({ state: 'detached' });
    await table('Hosts').getByRole('link', { name: 'demo-01' }).waitFor();
    expect(faults).toEqual([]);
  });
});

describe('a coordinator that fails', () => {
  it.each([
    ['JSON that is no problem document', { status: 500, json: { message: 'oops' } }, 'The coordinator failed'],
    [
      'a page of a proxy',
      { status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' },
      'The coordinator failed',
    ],
    ['nothing', { status: 503, body: '' }, 'The coordinator failed'],
    ['JSON null', { status: 500, json: null }, 'The coordinator failed'],
    [
      'a page with status 200',
      { status: 200, contentType: 'text/html', body: '<title>Log in</title>' },
      'not the coordinator’s answer',
    ],
  ])('with %s is told so, with what to do', async (_, reply, words) => {
    await answer('hosts', (route) => route.fulfill(reply));
    await show('/hosts');
    await page.getByRole('heading', { name: words }).waitFor();
    expect(await page.getByRole('alert').innerText()).toMatch(/answer.*\nWhat to do: \w+/s);
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Try again' }).click();
    await table('Hosts').getByRole('link', { name: 'demo-01' }).waitFor();
  });

  it('in the middle of a search says so in the list’s place', async () => {
    await show('/hosts');
    await answer('hosts', (route) => route.fulfill({ status: 500, body: '' }));
    await page.getByRole('searchbox', { name: 'Search' }).fill('demo');
    await page.getByRole('alert').getByText('The answer was 500').waitFor();
    expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('demo');
  });

  it('while a page is live keeps what stands there, and goes on when it is well', async () => {
    await page.clock.install();
    await answer('jobs/[^/]+', (route) => route.fulfill({ json: running() }));
    await show(`/jobs/${String(example('jobs.read')['jobId'])}`);
    await answer('jobs/[^/]+', (route) => route.abort());
    await page.clock.runFor(2_000);
    await page.getByText(/This page stands as of .*: No connection/).waitFor();
    await table('Runs').waitFor();
    await answer('jobs/[^/]+', (route) => route.fulfill({ json: example<object>('jobs.read') }));
    await page.clock.runFor(3_000);
    await page.getByText('This page stands').waitFor({ state: 'hidden' });
    await page.locator('.facts').getByText('Ended', { exact: true }).waitFor();
  });

  it('is of another version: a field that is missing is not shown as a fault of the page alone', async () => {
    const [host] = example<{ items: Record<string, unknown>[] }>('hosts.list').items;
    const { noiseFloors: _, ...older } = host ?? {};
    await answer('hosts', (route) => route.fulfill({ json: { items: [older], nextCursor: null } }));
    await show('/hosts');
    expect(await page.getByRole('alert').innerText()).toMatch(/one may be older than the other: load the page again/);
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Load it again' }).click();
    await table('Hosts').getByRole('link', { name: 'demo-01' }).waitFor();
  });
});

const signedOut = {
  status: 401,
  json: { title: 'Unauthorized', status: 401, detail: 'the session has ended', remedy: 'sign in again' },
};
const unlessSignedIn = (route: Route) =>
  route.request().headers()['authorization'] === 'Bearer new-key' ? route.continue() : route.fulfill(signedOut);

describe('signed out in the middle of work', () => {
  it('keeps a form, takes a key there and goes on', async () => {
    await page.clock.install();
    await show('/submit');
    await answer('jobs/preview', unlessSignedIn);
    await page.getByLabel('Hosts (selector; * is all)').fill('generation=Zen-3');
    await page.clock.runFor(1_000);
    const alert = page.getByRole('alert');
    await alert.getByText('the session has ended').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await alert.getByLabel('API key').fill('new-key');
    // To leave the selector is no change of it: a preview would take away the field in which a person types.
    await page.clock.runFor(1_000);
    await alert.getByLabel('API key').press('Enter');
    await alert.getByText('The key is taken').waitFor();
    await page.getByLabel('Runs a host and probe').fill('2');
    await page.clock.runFor(1_000);
    await page.getByRole('heading', { name: '50 runs on 25 hosts' }).waitFor();
    expect(await page.getByLabel('Hosts (selector; * is all)').inputValue()).toBe('generation=Zen-3');
  });

  it('keeps a live list, asks no more until there is a key, and goes on with it', async () => {
    await page.clock.install();
    await show('/events');
    let asked = 0;
    await answer('events', (route) => {
      asked += 1;
      return unlessSignedIn(route);
    });
    await page.clock.runFor(3_000);
    const field = page.locator('.warning').getByLabel('API key');
    await field.fill('new-');
    await page.clock.runFor(60_000);
    expect(asked).toBe(1);
    expect(await field.inputValue()).toBe('new-');
    await field.fill('new-key');
    await field.press('Enter');
    await field.waitFor({ state: 'hidden' });
    await table('Events').waitFor();
  });
});

describe('many tabs', () => {
  it('leave the next one a connection, although each shows a job that runs', async () => {
    const context = page.context();
    await context.route(/\/v1\/jobs\/[^/]+$/, (route) => route.fulfill({ json: running() }));
    const jobId = String(example('jobs.read')['jobId']);
    const tabs = await Promise.all(Array.from({ length: 8 }, () => context.newPage()));
    // A browser has six connections to a host of HTTP/1.1, for all tabs together.
    for (const tab of tabs) {
      await tab.goto(`${served.origin}/#/jobs/${jobId}`);
      await tab.getByRole('region', { name: 'Runs', exact: true }).waitFor();
    }
    await show('/fleet');
    await table('By generation').waitFor();
  });

  it('ask nothing while they are hidden, and at once when somebody looks', async () => {
    await page.clock.install();
    await show('/events');
    let asked = 0;
    await answer('events', (route) => {
      asked += 1;
      return route.continue();
    });
    const look = (hidden: boolean) =>
      page.evaluate((now) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => now });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await look(true);
    await page.clock.runFor(60_000);
    expect(asked).toBe(0);
    await look(false);
    await eventually('it is read', () => Promise.resolve(asked > 0));
  });

  it('say what each shows', async () => {
    await show('/hosts/demo-01');
    await page.waitForFunction(() => document.title === 'demo-01 · xperf-fleet');
  });
});

const strange = [
  ['markup', '<img src=x onerror="document.title=1"> & </table><script>1</script>'],
  ['quotes', `"';--\`\${x}\\`],
  ['255 letters', 'x'.repeat(255)],
  ['right to left', 'שלום \u202etxet detrevni\u202c عالم'],
  ['emoji', '👩‍👩‍👧‍👦🏴‍☠️'.repeat(20)],
] as const;

describe('strange names', () => {
  it.each(strange)('%s stand as text, within their page, at 400 and at 1280 pixels', async (_, name) => {
    const { jobId, spec, ...rest } = running();
    const labels = { [name]: name };
    const job = {
      ...rest,
      jobId,
      labels,
      submittedBy: `key:${name}`,
      spec: { ...spec, name, selector: `rack=${name}` },
    };
    const items = { items: [job], nextCursor: null };
    await page.route(/\/v1\/jobs(\?|$)/, (route) => route.fulfill({ json: items }));
    await page.route(/\/v1\/jobs\/[^/]+$/, (route) => route.fulfill({ json: job }));
    const finding = example('regressions.read');
    await page.route(/\/v1\/regressions\/[^/]+$/, (route) =>
      route.fulfill({
        json: {
          ...finding,
          acknowledged: { by: name, at: '2026-11-20T00:00:00.000Z', note: name },
          history: [{ at: '2026-11-20T00:00:00.000Z', text: name, by: name }],
        },
      }),
    );
    const at = '2026-11-20T00:00:00.000Z';
    const annotations = [{ at, by: name, note: name, labels }];
    const run = { ...example('runs.read'), annotations, labels };
    await page.route(/\/v1\/runs\/[^/]+$/, (route) => route.fulfill({ json: run }));
    const host = { ...example('hosts.read'), labels, outOfService: { since: at, by: name, reason: name } };
    await page.route(/\/v1\/hosts\/[^/]+$/, (route) => route.fulfill({ json: host }));
    for (const width of [400, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      for (const where of [
        ...['/jobs', '/fleet', `/jobs/${jobId}`, `/regressions/${String(finding['findingId'])}`],
        ...['/runs/1', '/hosts/demo-01'],
      ]) {
        await show(where);
        await page.getByText(name, { exact: false }).first().waitFor();
        expect({
          where,
          width,
          over: await page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth)),
        }).toEqual({ where, width, over: 0 });
        expect(await page.locator('main img[src=x], main script').count()).toBe(0);
      }
    }
    expect(faults).toEqual([]);
  });
});

describe('by keyboard', () => {
  it('goes through the points of a chart', async () => {
    const trends = example<{ series: { points: Record<string, unknown>[] }[] }>('trends.trends');
    const [series] = trends.series;
    const [point] = series?.points ?? [];
    const points = [1, 2, 3].map((day) => ({ ...point, at: `2026-11-0${day}T00:00:00.000Z` }));
    await answer('trends', (route) => route.fulfill({ json: { ...trends, series: [{ ...series, points }] } }));
    await show('/trends');
    const chart = page.getByRole('group', { name: 'Chart: the arrow keys go through its 3 points' });
    await chart.focus();
    await chart.press('End');
    await chart.press('ArrowLeft');
    await page
      .locator('figure [aria-live]')
      .filter({ hasText: /^2026-11-02, 140 ns/ })
      .waitFor();
    await page.locator('svg').getByText('2026-11-02').first().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await chart.press('Escape');
    expect(faults).toEqual([]);
  });

  it('opens more rows of a result that is long, a piece at a time', async () => {
    const { rows, failures } = example<{ rows: object[]; failures: object[] }>('jobs.results');
    const long = Array.from({ length: 450 }, (_, i) => ({ ...rows[0], hostId: `host-${i}` }));
    await page.route(/\/overview$/, (route) =>
      route.fulfill({ json: { ...example<object>('jobs.overview'), rows: 450 } }),
    );
    await page.route(/\/results$/, (route) => route.fulfill({ json: { rows: long, failures } }));
    await show(`/jobs/${String(example('jobs.read')['jobId'])}`);
    await page.getByRole('button', { name: 'Show all 450 rows' }).press('Enter');
    const shown = table('Results by host and metric').locator('tbody tr');
    await eventually('the first piece', async () => (await shown.count()) === 200);
    const more = page.getByRole('button', { name: 'Show the next 200 of 450 rows' });
    await more.press('Enter');
    await more.press('Enter');
    expect(await shown.count()).toBe(450);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('host-400');
  });
});

it('saves a finding as a page', async () => {
  await show(`/regressions/${String(example('regressions.read')['findingId'])}`);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a page' }).click();
  expect((await saved).suggestedFilename()).toBe('finding.html');
  await page.route(/\/report$/, (route) => route.fulfill({ status: 500, body: '' }));
  for (let i = 0; i < 2; i += 1) {
    await page.getByRole('button', { name: 'Save as a page' }).click();
    await page.getByRole('alert').getByText('The answer was 500').waitFor();
  }
  expect(await page.getByRole('alert').count()).toBe(1);
});

it('opens on a first page under 200 kB, gzipped', async () => {
  const weights: Promise<number>[] = [];
  page.on('response', (response) => {
    weights.push(response.body().then((body) => gzipSync(body).length));
  });
  await show('/fleet');
  const bytes = (await Promise.all(weights)).reduce((sum, one) => sum + one, 0);
  expect(weights.length).toBeGreaterThan(20);
  expect(bytes).toBeLessThan(200_000);
});

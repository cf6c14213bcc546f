import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import {
  contractVersion,
  createdKeySchema,
  demoLabel,
  type DemoView,
  jobOverviewSchema,
  type JobResults,
  type JobView,
  jobViewSchema,
  type Page as ListPage,
  type RunView,
  type SimExplanation,
} from '#contracts';
import { cycles } from '#wording';
import { dataFolder, type Started, startFleet, type UpDocument } from '../e2e/fleet-process.js';
import { eventually } from '../eventually.js';
import { simulatedHost } from '../fleet/hosts.js';
import { foreignName, launch, newPage, open, signIn, type WatchedPage } from './chromium.js';
import { forms, saveScreenshot, seriousViolations } from './appearance.js';

jest.setTimeout(180_000);

let home: Awaited<ReturnType<typeof dataFolder>>;
let fleet: Started;
let up: UpDocument;
let browser: Browser;
let origin: string;
let key: string;
let run: RunView;

/** The API beside the browser, with the local key. */
async function api<T>(where: string, json?: unknown): Promise<T> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(
    `${origin}${where}`,
    json === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(json) },
  );
  if (!response.ok) throw new Error(`${where}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function submit(runsPerHost: number, faults: number, name: string): Promise<JobView> {
  const spec = { name, hosts: ['sim-zen3'], probes: ['pf'], runsPerHost, faults };
  return jobViewSchema.parse(await api('/v1/jobs', spec));
}

/** The job that a host can take once the read model knows it. */
async function submitOn(hostId: string, spec: object): Promise<JobView> {
  for (;;) {
    const selector = encodeURIComponent(`host=${hostId}`);
    const { items } = await api<ListPage<{ hostId: string }>>(`/v1/hosts?selector=${selector}`);
    if (items.length > 0) {
      return jobViewSchema.parse(await api('/v1/jobs', { hosts: [hostId], ...spec }));
    }
  }
}

beforeAll(async () => {
  home = await dataFolder();
  fleet = startFleet(home.home, ['--runs', '8', '--faults', '5000']);
  [up, browser] = await Promise.all([fleet.document, launch()]);
  origin = new URL(up.addresses.console).origin;
  const local = JSON.parse(await readFile(path.join(home.home, 'local.json'), 'utf8')) as { key: string };
  key = local.key;
  const { items } = await api<ListPage<RunView>>('/v1/runs?hostId=sim-haswell-ep&state=completed');
  const first = items[0];
  if (first === undefined) throw new Error('no run has completed on sim-haswell-ep');
  run = first;
});
afterAll(async () => {
  await browser.close();
  fleet.kill('SIGTERM');
  await fleet.exit;
  await home.remove();
});

const comparing = '/compare?a=host%3Dsim-haswell-ep&b=host%3Dsim-ice-lake-sp&metric=u2k';

describe('the console', () => {
  let page: Page;
  let faults: WatchedPage['faults'];
  beforeEach(async () => {
    ({ page, faults } = await newPage(browser));
    await signIn(page, origin, key);
  });
  afterEach(async () => {
    await page.context().close();
    expect(faults).toEqual([]);
  });
  const show = (where: string) => open(page, origin, where);
  const table = (name: string) => page.getByRole('region', { name, exact: true });

  it('opens on the fleet, by a link that leaves no trace in the address, into a session that is not the key', async () => {
    expect(page.url()).toBe(`${origin}/`);
    await table('By generation').getByRole('link').first().waitFor();
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ name: 'xf_console', httpOnly: true, sameSite: 'Strict' }]);
    expect(cookies[0]?.value).not.toContain(key.slice(-43));
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    const another = await page.context().newPage();
    await another.goto(origin);
    await another.getByRole('region', { name: 'By generation' }).getByRole('link').first().waitFor();
  });

  it('shows a running job go on by itself, and its results', async () => {
    const job = await submit(12, 200_000, 'live');
    await show(`/jobs/${job.jobId}`);
    const bar = page.getByRole('progressbar');
    const seen: number[] = [];
    await page.exposeFunction('seen', (text: string) => seen.push(Number(text)));
    await page.evaluate(() => {
      const tell = () => {
        const now = document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow');
        void (window as unknown as { seen: (text: string | undefined) => void }).seen(now ?? undefined);
      };
      tell();
      new MutationObserver(tell).observe(document.querySelector('main') as Element, { childList: true, subtree: true });
    });
    await page.locator('.state.completed').first().waitFor();
    await page.locator('.facts').getByText('Ended', { exact: true }).waitFor();
    expect(await bar.getAttribute('aria-valuetext')).toBe('12 of 12 ended: 12 completed');
    expect(new Set(seen).size).toBeGreaterThan(1);
    // 12 × 200,000 but for what the simulated machine rejects.
    await table('Results by host and metric')
      .getByRole('cell', { name: /^2,(399|400),\d{3}$/ })
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: 'Cancel this job' }).isVisible()).toBe(false);
  });

  it('cancels a job', async () => {
    const job = await submit(500, 5_000, 'to be cancelled');
    await show(`/jobs/${job.jobId}`);
    await page.getByRole('button', { name: 'Cancel this job' }).click();
    await page.locator('.state.cancelled').first().waitFor();
    expect(await api<JobView>(`/v1/jobs/${job.jobId}`)).toMatchObject({ outcome: 'cancelled' });
  });

  it('shows a matrix, its runs by cell, and the cells compared', async () => {
    const virtual = {
      ...simulatedHost('vm-nowhere'),
      capabilities: [{ executor: 'vm', probes: ['pf'], provenance: 'emulated', series: ['6.1', '6.12'] }],
    };
    const registered = await fetch(`${origin}/v1/workers/nobody`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        contractVersion,
        instanceId: '00000000-0000-4000-8000-000000000001',
        sessionId: '00000000-0000-4000-8000-000000000002',
        hosts: [virtual],
      }),
    });
    expect(registered.status).toBe(200);
    const matrix = { series: ['6.1', '6.12'], kpti: [true, false], bootOptions: ['', 'mitigations=off'] };
    const job = await submitOn('vm-nowhere', { name: 'matrix', matrix, runsPerHost: 1 });
    // Nobody serves this host, so the job ends by being cancelled, without a figure.
    await api(`/v1/jobs/${job.jobId}/cancel`, {});
    await show(`/jobs/${job.jobId}`);
    await table('Cells compared').waitFor();
    expect(await page.locator('.facts').first().innerText()).toContain(
      '6.1, 6.12 × KPTI on, off × no boot options; mitigations=off',
    );
    const pairs = await table('Cells compared').getByRole('row').allInnerTexts();
    expect(pairs).toHaveLength(1 + 2 * 12);
    expect(pairs[1]).toContain('6.1 KPTI on, no boot options\t6.12 KPTI on, no boot options\t–\t–\tinconclusive');
    expect(await table('Failures').innerText()).toContain('vm-nowhere (6.12 KPTI off, mitigations=off)');
    expect(await seriousViolations(page)).toEqual([]);
    // No guest has booted in any cell, so that its selectors would be refused as naming nothing.
    expect(await table('Cells compared').getByRole('link').count()).toBe(0);
  });

  it('shows measured and simulated figures of a job apart', async () => {
    await show(`/jobs/${up.job.jobId}`);
    const rows = await table('Results by host and metric').getByRole('row').allInnerTexts();
    expect(rows.length - 1).toBe(up.results.rows.length);
    for (const { hostId, provenance } of up.results.rows) {
      expect(rows.find((row) => row.startsWith(`${hostId}\t`))).toContain(provenance);
    }
    const charts = await page.getByRole('figure').allInnerTexts();
    expect(charts.length).toBe(new Set(up.results.rows.map(({ provenance }) => provenance)).size);
    expect(charts.join()).toMatch(/TSC cycles, simulated/);
  });

  it('shows a job of many hosts by what varies in it, and each host when asked', async () => {
    await page.route(/\/v1\/jobs\/[^/]+\/overview$/, async (route) => {
      const response = await route.fetch();
      const overview = jobOverviewSchema.parse(await response.json());
      const groups = overview.groups.map((group) => ({
        ...group,
        ...{ hosts: 300, oddHosts: 4, odd: [{ hostId: 'sim-<zen3>', p50Cycles: 500, p50Ns: 200, ratio: 1.2 }] },
      }));
      await route.fulfill({ response, json: { ...overview, groups, rows: 600 } });
    });
    await show(`/jobs/${up.job.jobId}`);
    const rows = await table('Results by what varies').getByRole('row').allInnerTexts();
    expect(rows.length).toBeGreaterThan(2);
    expect(rows[1]).toContain('sim-<zen3> +20.0 % and 3 more');
    expect(await page.getByRole('figure').innerText()).toContain('nanoseconds');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show all 600 rows' }).press('Enter');
    await table('Results by host and metric').waitFor();
  });

  it('says which machines were noisy, once each, on the job and on the run', async () => {
    const noise = {
      verdict: 'noisy',
      reasons: ['governor powersave', '<i>turbo on'],
      unknown: [],
      notSet: ['turbo: EROFS'],
    };
    await page.route(/\/v1\/jobs\/[^/]+\/results$/, async (route) => {
      const response = await route.fetch();
      const body = (await response.json()) as JobResults;
      const rows = body.rows.map((row) => ({ ...row, noise: row.hostId === 'sim-zen3' ? noise : null }));
      await route.fulfill({ response, json: { ...body, rows } });
    });
    await page.route(`**/v1/runs/${run.runId}`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...((await response.json()) as RunView), noise } });
    });
    await show(`/jobs/${up.job.jobId}`);
    const notes = page.getByRole('note').filter({ hasText: 'noisy' });
    await notes.first().waitFor();
    expect(await notes.allInnerTexts()).toEqual([
      'sim-zen3: noisy machine: governor powersave; <i>turbo on; could not be set: turbo: EROFS (xf doctor there)',
    ]);
    expect(await table('Results by host and metric').getByText('noisy machine').count()).toBe(2);
    expect(await seriousViolations(page)).toEqual([]);
    await show(`/runs/${run.runId}`);
    await page.getByText('noisy: governor powersave; <i>turbo on; could not be set: turbo: EROFS').waitFor();
  });

  it('shows the distribution of both directions of a run', async () => {
    await show(`/runs/${run.runId}`);
    for (const [name, result] of [
      ['user → kernel (u2k)', run.results.find(({ metric }) => metric === 'u2k')],
      ['kernel → user (k2u)', run.results.find(({ metric }) => metric === 'k2u')],
    ] as const) {
      // The noise model interrupts a sample in 60,000, which is then rejected.
      const samples = (result?.samples ?? 0).toLocaleString('en-US');
      const chart = page.getByRole('img', { name: `Histogram of ${name}, simulated: ${samples} samples` });
      expect(await chart.getAttribute('aria-label')).toContain(`p50 ${Math.round(result?.p50Cycles ?? 0)}`);
      expect(await chart.locator('g.rect rect').count()).toBeGreaterThan(5);
    }
    // No sample is dropped silently: what is drawn and what the caption counts is all.
    expect((await page.locator('figcaption').allInnerTexts()).join()).toMatch(/lie beyond \d+ cycles, up to [\d,]+/);
    expect(await page.getByText('None: every announced crossing is accounted for.').count()).toBe(1);
  });

  it('draws charts again for the width they get', async () => {
    await show(`/runs/${run.runId}`);
    const width = async () => Number(await page.locator('.canvas svg').first().getAttribute('width'));
    const wide = await width();
    await page.setViewportSize({ width: 400, height: 800 });
    await page.waitForFunction(
      (before) => Number(document.querySelector('.canvas svg')?.getAttribute('width')) < before,
      wide,
    );
    expect(await width()).toBeLessThan(400);
  });

  it('says of a bucket how many samples it has', async () => {
    await show(`/runs/${run.runId}`);
    await page.locator('.canvas svg g.rect rect').nth(4).hover({ force: true });
    await page
      .getByText(/\d+ to \d+ cycles/)
      .first()
      .waitFor();
  });

  it('saves the kernel-log bytes and the samples', async () => {
    await show(`/runs/${run.runId}`);
    const saved = async (button: string) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: button }).click(),
      ]);
      return readFile(await download.path(), 'utf8');
    };
    expect(await saved('Kernel-log bytes')).toMatch(/xperf: magic=0x19940619 v=1 run=[0-9a-f]{8} begin/);
    expect((await saved('Samples as CSV')).trim().split('\n')).toHaveLength(run.samples + 1);
  });

  it('compares two generations by what a person types in', async () => {
    await show('/compare');
    await page.getByLabel('A (selector)').fill('host=sim-haswell-ep');
    await page.getByLabel('B (selector)').fill('host=sim-ice-lake-sp');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.locator('.verdict').waitFor();
    expect(await page.locator('.verdict .headline').innerText()).toMatch(
      /^B is (slower|faster) than A \(|^B and A are equal within ± |^Inconclusive whether /,
    );
    const { a, b } = up.comparison;
    const medians = page.getByRole('img', { name: 'Run medians' });
    await medians.waitFor();
    expect(await medians.locator('g.dot path').count()).toBe(a.runs + b.runs);
    await page.getByRole('img', { name: /^B \/ A = / }).waitFor();
    expect(page.url()).toContain('a=host%3Dsim-haswell-ep');
  });

  it('shows both units where the clocks differ, and for how many runs and hosts it speaks', async () => {
    await show('/compare?a=host%3Dsim-haswell-ep&b=host%3Dsim-ice-lake-sp&metric=u2k');
    const verdict = await page.locator('.verdict').innerText();
    expect(verdict).toMatch(/B \/ A = [\d.]+ in ns, .* \(in TSC cycles [\d.]+\)/);
    expect(verdict).toMatch(
      /It speaks for 1 host \(\d+ runs\) \(a\) and 1 host \(\d+ runs\) \(b\), as set up and booted then, not for others like them/,
    );
    await page.getByRole('img', { name: /Run medians .* ns; B: / }).waitFor();
  });

  it('does not judge a side that mixes bare metal with a VM, and says what separates them', async () => {
    await show('/compare?a=generation%3DHaswell-EP&b=host%3Dsim-ice-lake-sp&metric=u2k');
    expect(await page.locator('.verdict .headline').innerText()).toBe('A and B are not compared');
    expect(await page.locator('.verdict').innerText()).toMatch(
      /mixes \d+ runs with virt=bare and \d+ runs with virt=vm/,
    );
    await page.getByText('add virt=bare or virt=vm to a').waitFor();
    const mixed = await table('In what a side is mixed').getByRole('row').allInnerTexts();
    expect(mixed).toContainEqual(
      expect.stringMatching(/^A\tvirt\tbare \(\d+\), vm \(\d+\)\tnot compared, not allowed$/),
    );
    await saveScreenshot(page, 'compare-mixed');
  });

  it('compares cell by cell, before with after, and shows the same again by its link', async () => {
    await show('/compare?a=provenance%3Dsimulated&before=2020-01-01&metric=u2k');
    await page.getByText('matches no completed run of pf u2k in this window of time').first().waitFor();
    expect(await page.getByLabel('Before (splits A in time)').inputValue()).toBe('2020-01-01');
    await show('/compare?a=generation%3DHaswell-EP&b=host%3Dsim-ice-lake-sp&metric=u2k');
    await page.getByText('Time, cells, what may differ').click();
    await page.getByLabel('May be mixed (pool)').fill('virt');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('a mixes virt (bare and vm), as allowed').waitFor();
    const verdict = await page.locator('.verdict').innerText();
    await page.getByRole('link', { name: 'in the console, as of now' }).click();
    await page.waitForURL(/until%3D/);
    await page.getByText('a mixes virt (bare and vm), as allowed').waitFor();
    // The verdict quotes the selector, which has its end in time now.
    expect((await page.locator('.verdict').innerText()).replace(/,until=[^"]+/, '')).toBe(verdict);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a page' }).click();
    expect((await saved).suggestedFilename()).toBe('comparison.html');
    const query = 'a=host%3Dsim-haswell-ep&b=host%3Dsim-ice-lake-sp&metric=u2k&by=virt';
    await show(`/compare?${query}`);
    const cells = await table('Cells').getByRole('row').allInnerTexts();
    expect(cells).toHaveLength(2);
    expect(cells[1]).toMatch(/^bare\t/);
    await table('Cells').getByRole('link').click();
    await page.locator('.verdict').waitFor();
    expect(await page.getByLabel('A (selector)').inputValue()).toMatch(/^virt=bare,host=sim-haswell-ep,until=/);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('leads from the fleet to hosts, and from what moved to what was not confirmed', async () => {
    await show('/fleet');
    await page.getByText('Nothing without a known cause').waitFor();
    const haswell = table('By generation').getByRole('row').filter({ hasText: 'Haswell-EP' });
    expect(await haswell.innerText()).toMatch(/^Haswell-EP\t\d+\t\d+\t/);
    await haswell.getByRole('link', { name: 'Haswell-EP' }).click();
    await table('Hosts').getByRole('link', { name: 'sim-haswell-ep', exact: true }).waitFor();
    await show('/regressions');
    await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'Unconfirmed' }).click();
    await page.getByText('No change waits for fresh runs.').waitFor();
  });

  it('draws a trend for each series, and says what is wrong with a question', async () => {
    await show('/trends');
    await page.getByLabel('A chart for each').fill('host');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/by=host/);
    const chart = page.getByRole('img', { name: /^host sim-haswell-ep \(1 host\): from \d/ });
    await chart.waitFor();
    expect(await chart.locator('circle').count()).toBeGreaterThan(0);
    await show('/trends?by=genration');
    await page.getByText('did you mean generation?').waitFor();
    faults.splice(0); // the browser complains of the refusal too
    await show('/trends?selector=host%3Dsim-zen3&by=host&resolution=run&unit=cycles&metric=u2k');
    await page.getByRole('img', { name: /^host sim-zen3 .*TSC cycles\.$/ }).waitFor();
    expect(await page.getByLabel('A point for each').inputValue()).toBe('run');
  });

  it('shows hosts, one host and the events', async () => {
    await show('/hosts');
    await table('Hosts').getByRole('link', { name: 'sim-zen3' }).click();
    await table('Runs').getByRole('link').first().waitFor();
    expect(await page.locator('main').innerText()).toMatch(/Zen 3/);
    await page.getByRole('img', { name: /^Boot states of sim-zen3: 1, / }).waitFor();
    expect(await table('Boot states').getByRole('row').allInnerTexts()).toHaveLength(2);
    await page.getByRole('navigation').getByRole('link', { name: 'Events' }).click();
    await table('Events').getByRole('link').first().waitFor();
    await page.getByLabel('Type').fill('HostRegistered');
    await page.getByLabel('Type').press('Enter');
    await page.waitForURL(/type=HostRegistered/);
    const hostEvents = table('Events').getByRole('row').filter({ hasText: 'HostRegistered' });
    await hostEvents.getByText('show').first().click();
    await hostEvents.locator('pre').filter({ hasText: '"bootState"' }).first().waitFor();
    await page.getByLabel('Type').fill('HostRegisterd');
    await page.getByLabel('Type').press('Enter');
    await page.getByText('What to do: perhaps HostRegistered').waitFor();
    faults.splice(0); // the browser complains of the refusal too
  });

  it('searches, filters and sorts a list, which is the same again by its address', async () => {
    const first = () => table('Hosts').locator('tbody').getByRole('link').first().innerText();
    await show('/hosts');
    await page.getByRole('searchbox', { name: 'Search' }).fill('SIM-');
    await page.waitForURL(/q=SIM-/);
    await page.getByRole('button', { name: 'Host: sort' }).press('Enter');
    await page.waitForURL(/sort=-host/);
    await table('Hosts').locator('th[aria-sort=descending]').waitFor();
    await eventually('they go down', async () => (await first()).startsWith('sim-z'));
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe('Host: sort');
    await page.reload();
    await table('Hosts').locator('th[aria-sort=descending]').waitFor();
    expect(await first()).toMatch(/^sim-z/);
    expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('SIM-');
    await page.getByRole('searchbox', { name: 'Search' }).fill('<nobody>');
    await page.getByText('Nothing matches.').waitFor();
    await show('/hosts?by=generation');
    await table('Hosts by group').getByRole('link', { name: 'Haswell-EP' }).click();
    await table('Hosts').getByRole('link', { name: 'sim-haswell-ep', exact: true }).waitFor();
  });

  it('gives a verdict for each cell of a matrix, each of which leads to its comparison', async () => {
    await show('/matrix?dimension=virt&a=bare&b=vm&probe=pf&metric=u2k');
    const haswell = table('Matrix').getByRole('row').filter({ hasText: 'Haswell-EP' });
    await haswell.getByRole('link').first().click();
    await page.locator('.verdict').waitFor();
    expect(await page.getByLabel('A (selector)').inputValue()).toContain('generation=Haswell-EP');
    await show('/matrix?dimension=generation');
    await page.getByRole('heading', { name: /^Is generation .* slower than / }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('submits a job put together from what there is, after saying what will run', async () => {
    await show('/submit');
    await page.getByText('Choose hosts to see what would run.').waitFor();
    await page.getByRole('button', { name: 'generation=Zen-3' }).click();
    await page.getByLabel('Crossings a run').fill('50');
    await page.getByLabel('Runs a host and probe').fill('2');
    await page.getByRole('heading', { name: '2 runs on 1 host' }).waitFor();
    await page.getByLabel('Crossings a run').fill('none');
    await page.getByRole('alert').getByText('faults').waitFor();
    faults.splice(0); // the browser complains of the refusal too
    await page.getByLabel('Crossings a run').fill('50');
    await page.getByRole('heading', { name: '2 runs on 1 host' }).waitFor();
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.waitForURL(/#\/jobs\//);
    await page.locator('.state.completed').first().waitFor();
    await page.getByRole('link', { name: 'Submit one like it' }).click();
    await page.getByRole('heading', { name: '2 runs on 1 host' }).waitFor();
    expect(await page.getByLabel('Hosts (selector; * is all)').inputValue()).toBe('generation=Zen-3');
  });

  it('shows a run’s boot state, its kernel log and its place among the others', async () => {
    await show(`/runs/${run.runId}`);
    await page.getByRole('img', { name: /^user → kernel \(u2k\) on sim-haswell-ep: from / }).waitFor();
    await page.getByText('Show its first lines').click();
    await page
      .getByLabel('Kernel log', { exact: true })
      .getByText(/xperf: magic=0x19940619/)
      .waitFor();
    expect(await page.locator('main').innerText()).toContain('Command line');
  });

  it('lists every host and every run, a page at a time, however many there are', async () => {
    const many = Array.from({ length: 300 }, (_, i) => simulatedHost(`a-${String(i).padStart(3, '0')}`));
    const registered = await fetch(`${origin}/v1/workers/many`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        contractVersion,
        instanceId: '00000000-0000-4000-8000-000000000001',
        sessionId: '00000000-0000-4000-8000-000000000002',
        hosts: many,
      }),
    });
    expect(registered.status).toBe(200);
    const rows = (name: string) => table(name).locator('tbody tr').count();
    const job = await submitOn('a-299', { executor: 'simulator', probes: ['pf'], runsPerHost: 450, faults: 10 });

    await show('/hosts');
    const shown = page.getByRole('status').filter({ hasText: /^\d/ });
    expect(await shown.innerText()).toBe('200 and more');
    await page.getByRole('button', { name: 'Show the next 200' }).press('Enter');
    await table('Hosts').getByRole('link', { name: 'sim-zen3' }).waitFor();
    expect(await rows('Hosts')).toBeGreaterThanOrEqual(306);
    expect(await shown.innerText()).toBe(String(await rows('Hosts')));
    expect(await page.getByRole('button', { name: 'Show the next 200' }).count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('a-200');
    await page.getByLabel('Selector').fill('host in (a-007, sim-zen3)');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByRole('status').getByText('2', { exact: true }).waitFor();
    await page.getByLabel('Selector').fill('host in (');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByRole('alert').getByText('selector').first().waitFor();
    faults.splice(0); // the browser complains of the refusal too

    await show(`/jobs/${job.jobId}`);
    const more = page.getByRole('button', { name: 'Show the next 200' });
    await more.click();
    await page.getByRole('status').getByText('400 and more').waitFor();
    await more.click();
    await page.getByRole('status').getByText('450', { exact: true }).waitFor();
    expect(await rows('Runs')).toBe(450);
    await page.getByRole('button', { name: 'Cancel this job' }).click(); // nobody serves that host
    await page.locator('.state.cancelled').first().waitFor();
    await eventually('all runs stand there still', async () => (await rows('Runs')) === 450);
  });

  it('explains a crossing by what a person chooses, step by step', async () => {
    await show('/crossing');
    await page.getByLabel('KPTI').selectOption('on');
    await page.waitForURL(/kpti=on/);
    await page.getByLabel('CPU').selectOption('zen3');
    await page.waitForURL(/cpu=zen3/);
    await page.locator('.facts').getByText('AMD EPYC 7763').waitFor();
    expect(await page.getByLabel('KPTI').inputValue()).toBe('on');
    const panel = page.getByRole('region', { name: 'The chosen step' });
    const told = await api<SimExplanation>('/v1/sim/explain?cpu=zen3&kpti=on');
    await page
      .getByRole('button', { name: /push %rdx/ })
      .first()
      .click();
    expect(await panel.innerText()).toMatch(/entry stack[\s\S]+1\.0 core cycles[\s\S]+trust C[\s\S]+rdx/);
    // The running sum ends in what is shown above as the window's figure.
    await page.getByRole('button', { name: /iretq/ }).click();
    await page.keyboard.press('ArrowDown');
    const { k2u } = told.windows;
    expect(await panel.innerText()).toContain(`${cycles(k2u.coreCycles)} core cycles`);
    expect(await page.locator('.sum').last().innerText()).toContain(
      `${cycles(k2u.tscCycles)} TSC cycles ± ${Math.round(k2u.errorBand * 100)} %`,
    );
    await page.getByText('steps outside the windows').click();
    await page.getByRole('button', { name: /%cr3/ }).first().click();
    expect(await panel.innerText()).toContain('not counted');
  });

  it('shows the machine die where the origin’s mechanism meets KPTI', async () => {
    await show('/crossing?cpu=haswell-ep&program=origin&kpti=on');
    await page.getByText('The machine dies on the way: #DF').waitFor();
    expect(await page.locator('.step[aria-pressed=true]').count()).toBe(1);
  });

  it('tries the API as it is signed in, by a link or by a key, with what the page offers', async () => {
    const tried = async (tag: string, id: string) => {
      await page.goto(`${origin}/docs`);
      await page.locator(`.opblock-tag[data-tag="${tag}"]`).click();
      const operation = page.locator(`.opblock[id=${JSON.stringify(`operations-${tag}-${id.replace('.', '\\.')}`)}]`);
      await operation.locator('.opblock-summary-control').click();
      await operation.getByRole('button', { name: 'Execute' }).click();
      return operation.locator('.live-responses-table tbody .response-col_status').first().innerText();
    };
    expect(await tried('jobs', 'jobs.list')).toMatch(/^200/);
    expect(await tried('jobs', 'jobs.preview')).toMatch(/^200/);
    expect(await tried('hosts', 'hosts.list')).toMatch(/^200/);
    const typed = await newPage(browser);
    await typed.page.addInitScript((text) => sessionStorage.setItem('xf-key', text), key);
    await page.context().close();
    page = typed.page;
    expect(await tried('jobs', 'jobs.list')).toMatch(/^200/);
  });

  it('goes back and forward, and opens again where it was', async () => {
    await show(`/runs/${run.runId}`);
    await page.getByRole('link', { name: 'sim-haswell-ep' }).click();
    await page.getByRole('heading', { name: 'sim-haswell-ep', level: 1 }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: `Run ${run.runId.slice(-12)}` }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: `Run ${run.runId.slice(-12)}` }).waitFor();
  });

  it('is worked by keyboard alone', async () => {
    await show('/jobs');
    await page.reload(); // a change behind # moves the focus, as following a link does
    await page.locator('main h1').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Submit a job');
    // Through the form to the table, which can be scrolled, and its columns, which sort, to the first job.
    const passed: string[] = [];
    while (!(await page.locator(':focus').getAttribute('href'))?.startsWith('#/jobs/') && passed.length < 20) {
      await page.keyboard.press('Tab');
      passed.push((await page.evaluate(() => document.activeElement?.ariaLabel)) ?? '');
    }
    expect(passed).toEqual(expect.arrayContaining(['Jobs', 'Submitted: sort']));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Results' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  });
});

describe('what the console refuses', () => {
  let page: Page;
  let faults: WatchedPage['faults'];
  beforeEach(async () => ({ page, faults } = await newPage(browser)));
  afterEach(async () => {
    await page.context().close();
    // Chromium logs each refused request, and which headers have no effect without TLS; nothing else may be there.
    const expected = /status of 4\d\d|Cross-Origin-Opener-Policy header has been ignored|Origin-Agent-Cluster header/;
    expect(faults.filter((fault) => !expected.test(fault))).toEqual([]);
  });

  it('asks for a key where it is not this machine’s own, and tells a wrong one', async () => {
    const elsewhere = origin.replace('127.0.0.1', foreignName);
    const { key: readKey } = createdKeySchema.parse(await api('/v1/keys', { name: 'browser test', role: 'read' }));
    await open(page, elsewhere, `/jobs/${up.job.jobId}`);
    expect(await page.context().cookies()).toEqual([]);
    const field = page.getByLabel('API key');
    await field.fill(`xf_read_${'x'.repeat(43)}`);
    await field.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'not known or was revoked' }).waitFor();
    await field.fill(readKey);
    await field.press('Enter');
    await page.getByRole('heading', { name: 'Results', exact: true }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Results', exact: true }).waitFor();
  });

  it('asks for a key without a link, and says when a link was used already', async () => {
    await open(page, origin, '/jobs');
    await page.getByText('xf console prints a link').waitFor();
    const used = `${origin}/console/login?token=${'x'.repeat(43)}`;
    await page.goto(used);
    await page.getByRole('alert').filter({ hasText: 'was used already or has expired' }).waitFor();
    expect(page.url()).toBe(`${origin}/`);
  });

  it('tells a reader who cancels that the key may not', async () => {
    const { key: readKey } = createdKeySchema.parse(await api('/v1/keys', { name: 'reader', role: 'read' }));
    const job = await submit(500, 5_000, 'not for readers');
    await page.addInitScript((text) => sessionStorage.setItem('xf-key', text), readKey);
    await open(page, origin, `/jobs/${job.jobId}`);
    await page.getByRole('button', { name: 'Cancel this job' }).click();
    await page.getByText('this route needs submit or admin').waitFor();
    await api(`/v1/jobs/${job.jobId}/cancel`, {});
  });

  it.each([
    ['an unknown run', '/runs/7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11', /run/i, 'Try again'],
    ['a machine that is not simulated', '/crossing?cpu=pentium', /cpu/, null],
    ['an address that names no run', '/runs/nothing', /runId/, 'Try again'],
  ])('shows the problem of %s and what to do', async (_, where, words, button) => {
    await signIn(page, origin, key);
    await open(page, origin, where);
    expect(await page.getByRole('alert').innerText()).toMatch(words);
    expect(await page.getByRole('alert').innerText()).toMatch(/What to do: /);
    if (button !== null) await page.getByRole('button', { name: button }).waitFor();
  });

  it('keeps the form when a selector is refused', async () => {
    await signIn(page, origin, key);
    await open(page, origin, '/compare?a=%3D&b=uarch%3Dzen3&metric=u2k');
    expect(await page.getByRole('alert').innerText()).toContain('label');
    expect(await page.getByLabel('B (selector)').inputValue()).toBe('uarch=zen3');
  });

  it('names what was perhaps meant by a typo, and keeps the form', async () => {
    await signIn(page, origin, key);
    await open(page, origin, '/compare?a=host%3Dsim-zen2&b=generation%3DHaswel-EP&metric=u2k');
    const alert = await page.getByRole('alert').innerText();
    expect(alert).toContain('a: no host or run has host=sim-zen2');
    expect(alert).toContain('did you mean sim-zen3');
    expect(alert).toContain('did you mean Haswell-EP');
    expect(await page.getByLabel('B (selector)').inputValue()).toBe('generation=Haswel-EP');
    await saveScreenshot(page, 'compare-typo');
  });

  it('shows text of a host or job as text', async () => {
    const name = '<img src=x onerror="document.title=1">';
    const job = await submit(1, 10, name);
    await signIn(page, origin, key);
    await open(page, origin, `/jobs/${job.jobId}`);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(name);
    await page.waitForFunction((text) => document.title === `${text} · xperf-fleet`, name);
  });

  it('has no page at an unknown address', async () => {
    await signIn(page, origin, key);
    await open(page, origin, '/nowhere');
    await page.getByRole('link', { name: 'Go to the fleet' }).click();
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
  });
});

/** Every page, by a name for its picture. */
const pages: readonly [name: string, address: () => string][] = [
  ['fleet', () => '/fleet'],
  ['jobs', () => '/jobs'],
  ['regressions', () => '/regressions?state=all'],
  ['job', () => `/jobs/${up.job.jobId}`],
  ['run', () => `/runs/${run.runId}`],
  ['compare', () => comparing],
  ['trends', () => '/trends?by=host&since=7d'],
  ['hosts', () => '/hosts'],
  ['schedules', () => '/schedules'],
  ['host-groups', () => '/hosts?by=generation'],
  ['matrix', () => '/matrix?dimension=virt'],
  ['submit', () => '/submit?selector=generation%3DZen-3'],
  ['host', () => '/hosts/sim-haswell-ep'],
  ['events', () => '/events'],
  ['crossing', () => '/crossing?cpu=skylake-sp&kpti=on&virt=shadow'],
  ['crossing-death', () => '/crossing?cpu=haswell-ep&program=origin&kpti=on'],
];

describe.each(forms)('appearance: $name', ({ name, options }) => {
  it.each(pages)('%s is accessible and as wide as the screen', async (what, where) => {
    const { page, faults } = await newPage(browser, options);
    await signIn(page, origin, key);
    await open(page, origin, where());
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    expect(await seriousViolations(page)).toEqual([]);
    expect(faults).toEqual([]);
    await saveScreenshot(page, name === 'light' ? what : `${what}-${name}`);
    await page.context().close();
  });
});

// The last one: from then on this fleet has a host of a demo.
describe('a demo', () => {
  it('is said to be one at the top of every page, and no other fleet is', async () => {
    const { page, faults } = await newPage(browser);
    await signIn(page, origin, key);
    await open(page, origin, '/hosts');
    expect(await page.locator('#demo').innerText()).toBe('');
    const demoHost = { ...simulatedHost('demo-01'), labels: demoLabel };
    const worker = {
      instanceId: '00000000-0000-4000-8000-000000000003',
      sessionId: '00000000-0000-4000-8000-000000000004',
    };
    const registered = await fetch(`${origin}/v1/workers/demo`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ contractVersion, ...worker, hosts: [demoHost] }),
    });
    expect(registered.status).toBe(200);
    await eventually('the fleet is a demo', async () => (await api<DemoView>('/v1/demo')).demo);
    for (const [name, address] of pages) {
      await open(page, origin, address());
      const notice = page.locator('#demo').getByRole('status');
      await notice.waitFor();
      const said = { name, seen: await notice.isVisible(), text: await notice.innerText() };
      expect(said).toEqual({
        name,
        seen: true,
        text: expect.stringMatching(/^Demo: this fleet is simulated\..*nothing here was measured\.$/),
      });
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

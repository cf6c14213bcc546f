// A board drawn in Chromium by Grafana's own components, and what can be said of the drawing without looking at it.
import { type Browser, type Page } from 'playwright-core';
import type pg from 'pg';
import type { QueryRange } from '../../testing/grafana-sql.js';
import { targetsOf, valuesOf, type BoardJson, type TargetInput, type Values } from '../panel-inputs.js';

export interface Look {
  mode: 'light' | 'dark';
  width: number;
}

export interface PanelFigures {
  title: string;
  ms: number;
  rows: number;
  bytes: number;
}

/** A board with what its queries gave. */
export interface FilledBoard {
  board: BoardJson;
  values: Values;
  range: QueryRange;
  targets: Record<number, TargetInput[]>;
  /** What PostgreSQL refused, by panel. */
  errors: Record<number, string[]>;
  figures: PanelFigures[];
}

/** Asks every query of a board, as the login of `client`. */
export async function fillBoard(
  client: pg.Client,
  board: BoardJson,
  range: QueryRange,
  linked: Values,
): Promise<FilledBoard> {
  const values = await valuesOf(client, board, range, linked);
  const filled: FilledBoard = { board, values, range, targets: {}, errors: {}, figures: [] };
  for (const panel of board.panels.filter(({ targets }) => targets !== undefined)) {
    const began = performance.now();
    try {
      filled.targets[panel.id] = await targetsOf(client, panel, values, range);
    } catch (error) {
      filled.errors[panel.id] = [error instanceof Error ? error.message : String(error)];
    }
    const targets = filled.targets[panel.id] ?? [];
    filled.figures.push({
      title: panel.title,
      ms: performance.now() - began,
      rows: targets.reduce((sum, { rows }) => sum + rows.length, 0),
      bytes: JSON.stringify(targets.map(({ rows }) => rows)).length,
    });
  }
  return filled;
}

const address = 'http://boards.test/';
const html = '<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="root"></div></body>';

/** Shows a board in a new page; every wait is for a state. Nothing but the page itself is fetched. */
export async function showBoard(
  browser: Browser,
  { script, style }: { script: string; style: string },
  { board, values, range, targets, errors }: FilledBoard,
  { mode, width }: Look,
): Promise<{ page: Page; faults: string[] }> {
  // Rows of a table outside the window are not drawn: the window is as tall as any board.
  const page = await browser.newPage({ viewport: { width, height: 6000 } });
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(`exception: ${message}`));
  await page.route('**/*', (route) =>
    route.request().url() === address
      ? route.fulfill({ contentType: 'text/html', body: html })
      : route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }),
  );
  await page.goto(address);
  await page.addStyleTag({ content: style });
  await page.addScriptTag({ content: script });
  const input = { board, targets, errors, values, mode, width, from: +range.from, to: +range.to };
  await page.evaluate((given) => (globalThis as unknown as { draw(given: unknown): void }).draw(given), input);
  await page.locator(`[data-panel="${board.panels.length}"]`).waitFor({ state: 'attached', timeout: 60_000 });
  const height = await page.evaluate(() => document.querySelector('main')?.getBoundingClientRect().height ?? 0);
  await page.setViewportSize({ width, height: Math.ceil(height) });
  // Two frames: uPlot draws in the first one after its size is known.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return { page, faults };
}

/** What is wrong with a drawing: faults of a panel, text that is cut off or missing, panels without what they should show. */
export async function drawingFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const said: string[] = [];
    for (const panel of document.querySelectorAll<HTMLElement>('[data-panel]')) {
      const title = panel.dataset['title'] ?? '';
      const fault = panel.querySelector('.fault');
      if (fault !== null) said.push(`${title}: ${fault.textContent ?? ''}`);
      const filled = panel.querySelector('canvas, [role="grid"], .no-value, .stand-in, .stat');
      if (fault === null && filled === null) said.push(`${title}: nothing is drawn`);
      for (const heading of panel.querySelectorAll<HTMLElement>('[role="columnheader"] button, h2'))
        if (heading.scrollWidth > heading.clientWidth + 1)
          said.push(`${title}: ${heading.textContent ?? ''} is cut off`);
      const box = panel.getBoundingClientRect();
      for (const canvas of panel.querySelectorAll('canvas')) {
        const { bottom, right } = canvas.getBoundingClientRect();
        if (bottom > box.bottom + 1 || right > box.right + 1) said.push(`${title}: its drawing leaves the panel`);
      }
    }
    return said;
  });
}

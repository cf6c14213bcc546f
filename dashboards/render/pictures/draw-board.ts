// A board drawn in Chromium by Grafana's own components, and what can be said of the drawing without looking at it.
import { type Browser, type Page } from 'playwright-core';
import type pg from 'pg';
import { expandMacros, type QueryRange } from '../../testing/grafana-sql.js';
import { queryInQuotes } from '../../stand-ins.js';
import { run, type BoardJson, type TargetInput, type Values } from '../panel-inputs.js';

export interface Look {
  mode: 'light' | 'dark';
  width: number;
}

export interface PanelFigures {
  id: number;
  title: string;
  /** Of its queries, those that PostgreSQL answered; the others were refused. */
  answered: number;
  ms: number;
  rows: number;
  bytes: number;
  /** A text stands in for its queries (`stand-ins.ts`). */
  standsIn: boolean;
}

/** What is drawn, of which database, over which time, with what a link set the variables to. */
export interface Asked {
  client: pg.Client;
  board: BoardJson;
  range: QueryRange;
  linked: Values;
}

/** A board as it is drawn, and what its queries gave. */
export interface DrawnBoard {
  board: BoardJson;
  page: Page;
  /** Exceptions of the page, and what was refused to a variable. */
  faults: string[];
  /** What Grafana's code chose for each variable. */
  values: Record<string, string[]>;
  targets: Record<number, TargetInput[]>;
  figures: PanelFigures[];
  /** Where the cells of the first row lead to. */
  links: Record<number, { title: string; href: string }[]>;
}

interface Question {
  sql: string;
  range: { from: number; to: number; intervalMs: number };
  panel?: number;
  variable?: string;
}

const address = 'http://boards.test/';
const html = '<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="root"></div></body>';

/** Grafana's server: macros, then PostgreSQL as the client's login; one question at a time. */
function server({ client, board }: Asked, drawn: Pick<DrawnBoard, 'targets' | 'figures' | 'faults'>) {
  let last: Promise<unknown> = Promise.resolve();
  const answer = async ({ sql, range, panel, variable }: Question) => {
    const began = performance.now();
    const { from, to, intervalMs } = range;
    try {
      const found = await run(client, expandMacros(sql, { from: new Date(from), to: new Date(to), intervalMs }));
      if (panel !== undefined) {
        const { targets = [] } = board.panels.find(({ id }) => id === panel) ?? {};
        const format = targets[0]?.format ?? 'table';
        (drawn.targets[panel] ??= []).push({ refId: '', format, ...found });
        const figures = drawn.figures.find(({ id }) => id === panel);
        if (figures === undefined) throw new Error(`panel ${panel} is not on the board`);
        figures.answered += 1;
        figures.standsIn ||= sql.includes(queryInQuotes);
        figures.ms += performance.now() - began;
        figures.rows += found.rows.length;
        figures.bytes += JSON.stringify(found.rows).length;
      }
      return found;
    } catch (error) {
      const refused = error instanceof Error ? error.message : String(error);
      if (variable !== undefined) drawn.faults.push(`variable ${variable}: ${refused}`);
      return { columns: [], rows: [], refused };
    }
  };
  return (question: Question) => {
    const next = last.then(() => answer(question));
    last = next;
    return next;
  };
}

/** A page with Grafana's code in it, on which boards are drawn one after the other. */
export interface DrawingPage {
  page: Page;
  /** Who answers its questions. */
  ask: ReturnType<typeof server>;
  onError: (message: string) => void;
}

/** Opens a page; nothing but the page itself is fetched. */
export async function openPage(
  browser: Browser,
  { script, style }: { script: string; style: string },
): Promise<DrawingPage> {
  const page = await browser.newPage();
  const opened: DrawingPage = {
    page,
    ask: () => Promise.reject(new Error('no board is being drawn')),
    onError: () => undefined,
  };
  page.on('pageerror', ({ message }) => opened.onError(message));
  await page.route('**/*', (route) =>
    route.request().url() === address
      ? route.fulfill({ contentType: 'text/html', body: html })
      : route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }),
  );
  await page.exposeFunction('askPostgres', (question: Question) => opened.ask(question));
  await page.goto(address);
  await page.addStyleTag({ content: style });
  await page.addScriptTag({ content: script });
  return opened;
}

/** Draws a board in place of the one before; every wait is for a state. */
export async function drawBoard(opened: DrawingPage, asked: Asked, { mode, width }: Look): Promise<DrawnBoard> {
  const { page } = opened;
  const { board, range, linked } = asked;
  const figures = board.panels
    .filter(({ targets }) => targets !== undefined)
    .map(({ id, title }) => ({ id, title, answered: 0, ms: 0, rows: 0, bytes: 0, standsIn: false }));
  const drawn: DrawnBoard = { board, page, faults: [], values: {}, targets: {}, figures, links: {} };
  opened.onError = (message) => drawn.faults.push(`exception: ${message}`);
  opened.ask = server(asked, drawn);
  // Rows of a table outside the window are not drawn: the window is as tall as any board.
  await page.setViewportSize({ width, height: 6000 });
  const input = { board, linked, mode, width, from: +range.from, to: +range.to };
  await page.evaluate((given) => (globalThis as unknown as { draw(given: unknown): void }).draw(given), input);
  await page.waitForFunction(() => (globalThis as unknown as { isDrawn(): boolean }).isDrawn(), null, {
    timeout: 120_000,
  });
  const height = await page.evaluate(() => document.querySelector('main')?.getBoundingClientRect().height ?? 0);
  await page.setViewportSize({ width, height: Math.ceil(height) });
  // Two frames: uPlot draws in the first one after its size is known.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const seen = await page.evaluate(() => {
    const of = globalThis as unknown as { chosen(): DrawnBoard['values']; noteLinks(): DrawnBoard['links'] };
    return { values: of.chosen(), links: of.noteLinks() };
  });
  return Object.assign(drawn, seen);
}

/** Names that the query gave to lines, by panel: each must stand in the legend as it is. */
function namesOf({ board, targets }: DrawnBoard): Record<number, string[]> {
  const named = board.panels.filter(({ type }) => type === 'timeseries');
  return Object.fromEntries(
    named.map(({ id }) => [
      id,
      (targets[id] ?? []).flatMap(({ format, columns, rows }) => {
        const at = columns.findIndex(({ name }) => name === 'metric');
        return format === 'time_series' && at >= 0 ? [...new Set(rows.map((row) => String(row[at])))] : [];
      }),
    ]),
  );
}

/** A cell shows at least so much of a text whole; a run's id has 36 characters. Of longer ones, Grafana shows the rest under the pointer. */
const wholeCharacters = 40;
/** From this width on, in pixels, every column is in sight. */
const wideWindow = 1500;

/** What is wrong with a drawing: faults of a panel, text that is cut off or missing, panels without what they should show. */
export async function drawingFaults(drawn: DrawnBoard): Promise<{ panel: number; fault: string }[]> {
  const input = { names: namesOf(drawn), wholeCharacters, wideWindow };
  return drawn.page.evaluate(({ names, wholeCharacters, wideWindow }) => {
    const said: { panel: number; fault: string }[] = [];
    const boxes: { title: string; box: DOMRect }[] = [];
    for (const panel of document.querySelectorAll<HTMLElement>('[data-viz-panel-key]')) {
      const title = panel.querySelector('h2')?.textContent ?? '';
      const id = Number(panel.dataset['vizPanelKey']?.replace('panel-', ''));
      const say = (fault: string) => said.push({ panel: id, fault: `${title}: ${fault}` });
      const fault = panel.querySelector('.fault');
      if (fault !== null) say(fault.textContent ?? '');
      const filled = panel.querySelector('canvas, [role="grid"], .no-value, .stand-in, .stat');
      if (fault === null && filled === null) say('nothing is drawn');
      // Figures stand at the right: of one that is too wide, its left end is cut off. That, and lines below a cell, no scrollWidth tells.
      const content = document.createRange();
      const isOutside = (cell: Element): boolean => {
        content.selectNodeContents(cell);
        const [text, box] = [content.getBoundingClientRect(), cell.getBoundingClientRect()];
        return text.left < box.left + 1 || text.right > box.right + 1 || text.height > box.height + 1;
      };
      const isWider = (one: Element): boolean => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1;
      for (const heading of panel.querySelectorAll('[role="columnheader"], [role="columnheader"] button, h2'))
        if (isWider(heading) || (heading.role === 'columnheader' && isOutside(heading)))
          say(`${heading.textContent ?? ''} is cut off`);
      const isCut = (cell: Element): boolean => isOutside(cell) || [cell, ...cell.querySelectorAll('*')].some(isWider);
      // In a narrow window a table may be scrolled sideways.
      for (const grid of panel.querySelectorAll('[role="grid"]'))
        if (innerWidth >= wideWindow && isWider(grid)) say('a table is wider than its panel');
      const cutColumns = new Set<string | null>();
      for (const cell of panel.querySelectorAll('[role="gridcell"]')) {
        const [text, column] = [cell.textContent ?? '', cell.getAttribute('aria-colindex')];
        if (cutColumns.has(column) || text.length > wholeCharacters || !isCut(cell)) continue;
        cutColumns.add(column);
        say(`${text} is cut off in its cell`);
      }
      // What is in the data is text: none of it may become markup.
      if (panel.querySelector('b, script') !== null) say('a name became markup');
      const text = panel.textContent ?? '';
      for (const name of names[id] ?? []) if (fault === null && !text.includes(name)) say(`the legend lacks ${name}`);
      const box = panel.getBoundingClientRect();
      for (const other of boxes)
        if (
          Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left) > 1 &&
          Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top) > 1
        )
          say(`lies over ${other.title}`);
      boxes.push({ title, box });
      for (const canvas of panel.querySelectorAll('canvas')) {
        const { bottom, right } = canvas.getBoundingClientRect();
        if (bottom > box.bottom + 1 || right > box.right + 1) say('its drawing leaves the panel');
      }
    }
    return said;
  }, input);
}

// What every chart stands on. Observable Plot draws; every figure says its unit, where its figures come from and what it
// leaves out.
import { h } from '../dom.js';
import { pointsByKeyboard } from './points-by-keyboard.js';
import { cycles } from '#wording';

/**
 * What charts are drawn with; of D3, what is used here.
 * @typedef {object} Loaded
 * @property {typeof import('@observablehq/plot')} Plot
 * @property {{
 *   ticks: (start: number, stop: number, count: number) => number[],
 *   scaleLog: (domain: number[], range: number[]) => { ticks: (count: number) => number[] },
 * }} d3
 */

/** There from the beginning where a page is drawn by the coordinator (compare/report), in the browser from the first chart on. */
let { d3, Plot } = /** @type {Loaded} */ (/** @type {unknown} */ (globalThis));

/** @param {string} source */
const script = (source) =>
  new Promise((done, failed) => {
    const element = h('script', { src: source });
    element.addEventListener('load', done);
    element.addEventListener('error', () => failed(new Error(`${source} could not be loaded; load the page again`)));
    document.head.append(element);
  });

/** @type {Promise<void> | undefined} */
let loading;
/** Half of a page's weight: 163 of 319 kB, which pages without a chart do without. Plot stands on D3. */
function libraries() {
  loading ??= script('vendor/d3/d3.min.js')
    .then(() => script('vendor/plot/plot.umd.min.js'))
    .then(() => {
      ({ d3, Plot } = /** @type {Loaded} */ (/** @type {unknown} */ (globalThis)));
    });
  return loading;
}

export { Plot };

/**
 * A figure that is drawn at the width it gets, and again when that changes.
 * @param {{ label: string, caption: string, height: number, plot: (width: number) => import('@observablehq/plot').PlotOptions }} chart
 */
export function figure({ label, caption, height, plot }) {
  const canvas = h('div', { class: 'canvas', style: `min-height:${height}px` });
  const told = h('span', { class: 'sr-only', 'aria-live': 'polite' });
  let drawn = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === 0 || width === drawn) return;
    if (Plot === undefined) {
      libraries().then(() => draw(width), failed);
    } else draw(width);
  }).observe(canvas);

  /** @param {Error} error */
  function failed({ message }) {
    canvas.replaceChildren(h('p', { role: 'alert' }, message));
  }

  /** @param {number} width */
  function draw(width) {
    drawn = width;
    const svg = Plot.plot({ width, height, ...plot(width) });
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    nameByClass(svg);
    // What is pointed at is drawn anew.
    svg.addEventListener('input', () => nameByClass(svg));
    canvas.replaceChildren(svg);
    pointsByKeyboard(canvas, svg, told);
  }
  return h('figure', {}, canvas, told, h('figcaption', {}, caption));
}

/**
 * Plot labels marks that have no role, which ARIA does not allow; the chart as a whole is labelled.
 * @param {Element} svg
 */
function nameByClass(svg) {
  for (const mark of svg.querySelectorAll('[aria-label]')) {
    const name = /** @type {string} */ (mark.getAttribute('aria-label'));
    mark.classList.add(name.replaceAll(' ', '-'));
    mark.removeAttribute('aria-label');
  }
}

/**
 * A logarithmic scale with round figures on it, also where it spans less than a decade; none on top of another.
 * @param {number} least
 * @param {number} most
 * @param {number} width of the chart in pixels
 * @returns {import('@observablehq/plot').ScaleOptions}
 */
export function logCycles(least, most, width) {
  const wanted = width / 80;
  const round = most / least < 20 ? d3.ticks(least, most, wanted) : d3.scaleLog([least, most], [0, 1]).ticks(3);
  const apart = (most / least) ** (56 / width);
  const ticks = round.reduce(
    (kept, at) => (kept.length > 0 && at < /** @type {number} */ (kept.at(-1)) * apart ? kept : [...kept, at]),
    /** @type {number[]} */ ([]),
  );
  return { type: 'log', domain: [least, most], ticks, tickFormat: cycles };
}

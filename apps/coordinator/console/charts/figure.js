// What every chart stands on. Observable Plot draws; every figure says its unit, where its figures come from and what it
// leaves out.
import { h } from '../dom.js';
import { cycles } from '../wording/src/index.js';

// Both are loaded by index.html as scripts of their own.
const { d3, Plot } = /** @type {any} */ (globalThis);

export { Plot };

/**
 * A figure that is drawn at the width it gets, and again when that changes.
 * @param {{ label: string, caption: string, height: number, plot: (width: number) => object }} chart
 */
export function figure({ label, caption, height, plot }) {
  const canvas = h('div', { class: 'canvas', style: `min-height:${height}px` });
  let drawn = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === 0 || width === drawn) return;
    drawn = width;
    const svg = Plot.plot({ width, height, ...plot(width) });
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    // Plot labels groups that have no role, which ARIA does not allow; the chart as a whole is labelled.
    for (const group of svg.querySelectorAll('g[aria-label]')) {
      group.classList.add(group.getAttribute('aria-label').replaceAll(' ', '-'));
      group.removeAttribute('aria-label');
    }
    canvas.replaceChildren(svg);
  }).observe(canvas);
  return h('figure', {}, canvas, h('figcaption', {}, caption));
}

/** A logarithmic scale with round figures on it, also where it spans less than a decade; none on top of another. */
export function logCycles(least, most, width) {
  const wanted = width / 80;
  const round = most / least < 20 ? d3.ticks(least, most, wanted) : d3.scaleLog([least, most], [0, 1]).ticks(3);
  const apart = (most / least) ** (56 / width);
  const ticks = round.reduce((kept, at) => (kept.length > 0 && at < kept.at(-1) * apart ? kept : [...kept, at]), []);
  return { type: 'log', domain: [least, most], ticks, tickFormat: cycles };
}

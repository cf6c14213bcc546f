// A chart's points by keyboard: the arrow keys go from one to the next and show of each what pointing at it shows.

/** What a chart's points are drawn as, the first that it has. */
const drawnAs = ['g.dot > *', 'g.rect > rect', 'g.rule > line'];

/** How far a key goes. @type {Record<string, number>} */
const steps = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  End: Infinity,
  Home: -Infinity,
};

/**
 * Makes a chart one stop of the keyboard, if it has points to tell of.
 * @param {HTMLElement} canvas that holds the chart
 * @param {SVGSVGElement | HTMLElement} svg as Plot has drawn it, its marks named by class
 * @param {HTMLElement} told says the point to who can't see it
 */
export function pointsByKeyboard(canvas, svg, told) {
  // Where a report is drawn nobody points at anything.
  if (typeof PointerEvent === 'undefined') return;
  if (!svg.querySelector('g.tip')) return;
  const shapes = drawnAs.map((selector) => svg.querySelectorAll(selector)).find((found) => found.length > 0) ?? [];
  if (shapes.length === 0) return;
  /** @type {Element[]} from left to right; measured only for who comes by keyboard: a comparison may have 20,000 */
  let points = [];
  let at = -1;
  for (const [name, value] of Object.entries({
    tabindex: '0',
    role: 'group',
    'aria-label': `Chart: the arrow keys go through its ${shapes.length} points`,
  })) {
    canvas.setAttribute(name, value);
  }
  /** @param {string} type @param {PointerEventInit} place */
  const point = (type, place) => svg.dispatchEvent(new PointerEvent(type, { pointerType: 'mouse', ...place }));
  canvas.onkeydown = (event) => {
    const by = steps[event.key];
    if (event.key === 'Escape') point('pointerleave', {});
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (points.length === 0) points = fromLeftToRight(shapes);
    at = Math.min(Math.max(at + by, 0), points.length - 1);
    // The page may have been scrolled since.
    point('pointermove', middle(/** @type {Element} */ (points[at])));
  };
  // Plot's word that another point is shown.
  svg.addEventListener('input', () => {
    if (document.activeElement !== canvas) return;
    // Each line begins with a space of no width.
    const lines = [...svg.querySelectorAll('g.tip text > tspan')].map((line) =>
      line.textContent.replace(/^\u200b/, ''),
    );
    told.textContent = lines.join(', ');
  });
  canvas.onblur = () => {
    point('pointerleave', {});
    told.textContent = '';
  };
}

/** Where a shape's middle is in the window, as a pointer would be. @param {Element} shape */
function middle(shape) {
  const { left, top, width, height } = shape.getBoundingClientRect();
  return { clientX: left + width / 2, clientY: top + height / 2 };
}

/** @param {Iterable<Element>} shapes */
function fromLeftToRight(shapes) {
  const placed = [...shapes].map((shape) => ({ shape, ...middle(shape) }));
  placed.sort((one, other) => one.clientX - other.clientX || one.clientY - other.clientY);
  return placed.map(({ shape }) => shape);
}

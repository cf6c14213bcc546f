// Draws one board with Grafana's own @grafana/data and @grafana/ui, in a browser; bundled by bundle.mjs. `draw` is all that is called from
// outside. Stand-ins of ours, for what comes with Grafana's application only: the grid, the row of variables, the histogram (as a table of
// its frames), the registry of field options.
import { Component, createElement as h, Fragment } from 'react';
import { createRoot } from 'react-dom/client';
import {
  applyFieldOverrides,
  createTheme,
  dateTime,
  EventBusSrv,
  FieldConfigOptionsRegistry,
  getDisplayProcessor,
  getFieldDisplayName,
  getFieldDisplayValues,
} from '@grafana/data';
import {
  BarGauge,
  BigValue,
  GlobalStyles,
  PanelChrome,
  PanelContextProvider,
  ThemeContext,
  TimeSeries,
} from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import 'uplot/dist/uPlot.min.css';
import '@grafana/react-data-grid/lib/styles.css';
import { fieldOptions } from '../field-options.mjs';
import { framesOf } from '../frames.mjs';

const rowHeight = 30;
const gap = 8;
const registry = new FieldConfigOptionsRegistry(() => fieldOptions());
const eventBus = new EventBusSrv();
const context = { eventsScope: 'board', eventBus, sync: () => 0, onToggleSeriesVisibility: () => undefined };

/** A panel that can't be drawn says why, as in Grafana, and leaves the others alone. */
class Drawn extends Component {
  state = {};
  static getDerivedStateFromError({ message }) {
    return { message };
  }
  render() {
    return this.state.message === undefined ? this.props.draw() : h('div', { className: 'fault' }, this.state.message);
  }
}

/** Defaults that Grafana's panel plugins set where a board says nothing. */
const thresholds = {
  mode: 'absolute',
  steps: [
    { value: -Infinity, color: 'green' },
    { value: 80, color: 'red' },
  ],
};
const graph = {
  ...{
    drawStyle: 'line',
    lineInterpolation: 'linear',
    lineWidth: 1,
    fillOpacity: 0,
    gradientMode: 'none',
    pointSize: 5,
  },
  ...{ showPoints: 'auto', axisPlacement: 'auto', barAlignment: 0, stacking: { mode: 'none', group: 'A' } },
  ...{ scaleDistribution: { type: 'linear' }, hideFrom: { tooltip: false, viz: false, legend: false } },
};
function withDefaults({ type, fieldConfig }) {
  const { defaults, overrides } = fieldConfig;
  const drawn = type === 'timeseries';
  return {
    overrides,
    defaults: {
      color: { mode: drawn ? 'palette-classic' : 'thresholds' },
      thresholds,
      ...defaults,
      custom: { ...(drawn ? graph : {}), ...defaults.custom },
    },
  };
}

function Content({ panel, frames, width, height, theme, range, errors }) {
  if (errors.length > 0) return h('div', { className: 'fault' }, errors.join('\n'));
  const empty = frames.every(({ fields, length }) => fields.length === 0 || length === 0);
  const noValue = panel.fieldConfig.defaults.noValue ?? 'No data';
  if (empty) return h('div', { className: 'no-value', style: { padding: 16 } }, noValue);
  if (panel.type === 'timeseries')
    return h(TimeSeries, {
      ...{ frames, width, height, timeRange: range, timeZone: 'utc', structureRev: 1 },
      legend: panel.options.legend,
    });
  if (panel.type === 'stat' || panel.type === 'bargauge') {
    const values = getFieldDisplayValues({
      ...{
        fieldConfig: panel.fieldConfig,
        reduceOptions: panel.options.reduceOptions,
        replaceVariables: (text) => text,
      },
      ...{ theme, data: frames, timeZone: 'utc', sparkline: false },
    });
    const stat = panel.type === 'stat';
    const [w, t] = stat ? [width / values.length, height] : [width, height / values.length];
    return h(
      'div',
      { className: 'stat', style: { display: 'flex', flexDirection: stat ? 'row' : 'column' } },
      values.map(({ display, field }, key) =>
        stat
          ? h(BigValue, {
              key,
              value: display,
              width: w,
              height: t,
              theme,
              colorMode: panel.options.colorMode ?? 'value',
              graphMode: 'none',
              textMode: values.length > 1 ? 'value_and_name' : 'auto',
              justifyMode: 'auto',
            })
          : h(BarGauge, {
              key,
              value: display,
              field,
              width: w,
              height: t,
              theme,
              orientation: 'horizontal',
              displayMode: panel.options.displayMode ?? 'basic',
              text: {},
            }),
      ),
    );
  }
  if (panel.type === 'table') {
    return h(TableNG, {
      ...{ data: frames[0], width, height, noValue, fieldConfig: panel.fieldConfig, structureRev: 1, timeRange: range },
      ...{
        cellHeight: panel.options.cellHeight ?? 'sm',
        sortBy: panel.options.sortBy ?? [],
        enableVirtualization: false,
      },
    });
  }
  const said = frames.map((frame) =>
    frame.fields.map((field) => `${getFieldDisplayName(field, frame, frames)}: ${field.values.length}`),
  );
  return h(
    'div',
    { className: 'stand-in' },
    `${panel.type}: not Grafana's drawing, only its frames. ${said.flat().join(', ')}`,
  );
}

/**
 * @param {{ board: object, targets: Record<number, object[]>, errors: Record<number, string[]>, values: Record<string, string | string[]>,
 *           mode: 'light' | 'dark', width: number, from: number, to: number }} input
 * @returns the board's height in pixels
 */
window.draw = ({ board, targets, errors, values, mode, width, from, to }) => {
  const theme = createTheme({ colors: { mode } });
  const narrow = width < 770;
  const range = { from: dateTime(from), to: dateTime(to), raw: { from: dateTime(from), to: dateTime(to) } };
  const interpolate = (text) =>
    text.replace(/\$\{?(\w+)(?::\w+)?\}?/g, (whole, name) =>
      name in values ? [values[name]].flat().join(' + ') : whole,
    );
  const unit = (width - 2 * gap) / 24;
  let stacked = 0;
  const placed = board.panels.map((panel) => {
    const { x, y, w, h: tall } = panel.gridPos;
    const height = tall * (rowHeight + gap) - gap;
    // A narrow window stacks panels, as Grafana's grid does.
    const at = narrow
      ? { left: gap, top: stacked, width: width - 2 * gap, height }
      : { left: gap + x * unit, top: y * (rowHeight + gap), width: w * unit - gap, height };
    stacked += height + gap;
    return { panel, at };
  });
  const bottom = Math.max(...placed.map(({ at }) => at.top + at.height)) + 2 * gap;
  const panels = placed.map(({ panel, at }) => {
    const style = { position: 'absolute', left: at.left, top: at.top, width: at.width, height: at.height };
    const title = interpolate(panel.title);
    if (panel.type === 'row') return h('h3', { key: panel.id, style: { ...style, paddingTop: 4 } }, title);
    const fieldConfig = withDefaults(panel);
    const frames = applyFieldOverrides({
      ...{ data: (targets[panel.id] ?? []).flatMap(framesOf), fieldConfig, fieldConfigRegistry: registry, theme },
      ...{ timeZone: 'utc', replaceVariables: interpolate },
    });
    for (const frame of frames)
      for (const field of frame.fields) field.display ??= getDisplayProcessor({ field, theme, timeZone: 'utc' });
    const drawn = (innerWidth, innerHeight) =>
      h(Drawn, {
        draw: () =>
          h(Content, {
            panel: { ...panel, fieldConfig },
            frames,
            width: innerWidth,
            height: innerHeight,
            theme,
            range,
            errors: errors[panel.id] ?? [],
          }),
      });
    return h(
      'section',
      { key: panel.id, 'data-panel': panel.id, 'data-title': panel.title, style },
      h(PanelChrome, { title, description: panel.description, width: at.width, height: at.height, children: drawn }),
    );
  });
  const chosen = Object.entries(values).map(([name, value]) => `${name}: ${[value].flat().join(' + ')}`);
  const root = document.getElementById('root');
  root.style.width = `${width}px`;
  window.shown?.unmount();
  window.shown = createRoot(root);
  window.shown.render(
    h(
      ThemeContext.Provider,
      { value: theme },
      h(GlobalStyles, { isExtensionSidebarOpen: false }),
      h(
        PanelContextProvider,
        { value: context },
        h(
          'main',
          {
            style: {
              width,
              background: theme.colors.background.canvas,
              color: theme.colors.text.primary,
              paddingBottom: gap,
            },
          },
          h('h2', { style: { padding: gap } }, board.title),
          h('p', { style: { padding: gap, overflowWrap: 'anywhere' } }, chosen.join(' · ')),
          h('div', { style: { position: 'relative', height: bottom } }, h(Fragment, null, panels)),
        ),
      ),
    ),
  );
};

// Runs one board by Grafana's own @grafana/scenes: variables and what depends on them, interpolation, time range, queries, links, grid,
// panel frames; lines, tables and figures are @grafana/ui's. Bundled by bundle.mjs; `draw` is all that is called from outside.
// Stand-ins of ours, for what comes with Grafana's application only: the panel plugins around those components, the registry of field
// options, the data source, which asks `askPostgres` of whoever opened the page.
import { createElement as h } from 'react';
import { createRoot } from 'react-dom/client';
import { of, from as fromPromise, map, catchError } from 'rxjs';
import { MemoryRouter } from 'react-router-dom';
import {
  createTheme,
  EventBusSrv,
  FieldConfigOptionsRegistry,
  FieldType,
  getDisplayValueAlignmentFactors,
  getFieldDisplayName,
  getFieldDisplayValues,
  LoadingState,
  locationUtil,
  PanelPlugin,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
} from '@grafana/data';
import {
  config,
  setAppEvents,
  setRunRequest,
  setTemplateSrv,
  setPluginImportUtils,
  locationService,
  LocationServiceProvider,
} from '@grafana/runtime';
import {
  CustomVariable,
  DataSourceVariable,
  EmbeddedScene,
  QueryVariable,
  registerRuntimeDataSource,
  registerRuntimePanelPlugin,
  RuntimeDataSource,
  SceneControlsSpacer,
  sceneGraph,
  SceneGridItem,
  SceneGridLayout,
  SceneGridRow,
  SceneQueryRunner,
  SceneTimePicker,
  SceneTimeRange,
  SceneVariableSet,
  TextBoxVariable,
  VariableValueSelectors,
  VizPanel,
} from '@grafana/scenes';
import { BarGauge, BigValue, GlobalStyles, ThemeContext, TimeSeries } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import 'uplot/dist/uPlot.min.css';
import '@grafana/react-data-grid/lib/styles.css';
import { fieldOptions } from '../field-options.mjs';
import { framesOf } from '../frames.mjs';
import { runtimeDataSources } from './data-source.mjs';

/** Where cells lead to, by panel. */
const asked = { links: {} };

const source = { type: 'grafana-postgresql-datasource', uid: 'xperf-fleet-postgres', name: 'xperf-fleet' };
const rangeOf = ({ from, to }, intervalMs) => ({ from: from.valueOf(), to: to.valueOf(), intervalMs });

/** Variables are scenes' to fill in, macros the server's: whoever opened the page does as that would. */
class Postgres extends RuntimeDataSource {
  async query(request) {
    const scene = request.scopedVars.__sceneObject.value.valueOf();
    const range = rangeOf(request.range, request.intervalMs);
    const answers = await Promise.all(
      request.targets.map(async ({ refId, format, rawSql, panel }) => {
        const sql = sceneGraph.interpolate(scene, rawSql, request.scopedVars);
        return { refId, format, ...(await window.askPostgres({ sql, range, panel })) };
      }),
    );
    const refused = answers.find(({ refused }) => refused !== undefined);
    if (refused !== undefined) throw new Error(refused.refused);
    return { data: answers.flatMap(framesOf) };
  }
  async metricFindQuery(query, { range, scopedVars, variable }) {
    const scene = scopedVars.__sceneObject.value.valueOf();
    const sql = sceneGraph.interpolate(scene, query, scopedVars);
    const { rows, refused } = await window.askPostgres({
      sql,
      range: rangeOf(range, 3_600_000),
      variable: variable.name,
    });
    if (refused !== undefined) throw new Error(refused);
    return rows.map(([text]) => ({ text: String(text) }));
  }
  testDatasource() {
    return Promise.resolve({ status: 'success', message: '' });
  }
}
const postgres = new Postgres(source.type, source.uid);
registerRuntimeDataSource({ dataSource: postgres });
runtimeDataSources.add(postgres, {
  ...source,
  meta: { id: source.type, name: 'PostgreSQL', info: {} },
  isDefault: true,
});

setRunRequest((dataSource, request) =>
  fromPromise(Promise.resolve(dataSource.query(request))).pipe(
    map(({ data }) => ({ state: LoadingState.Done, series: data, timeRange: request.range })),
    catchError((error) =>
      of({ state: LoadingState.Error, series: [], timeRange: request.range, error, errors: [error] }),
    ),
  ),
);
setPluginImportUtils({
  importPanelPlugin: () => Promise.reject(new Error('no such panel')),
  getPanelPluginFromCache: () => undefined,
});
setTemplateSrv({
  replace: (text) => text ?? '',
  getVariables: () => [],
  containsTemplate: () => false,
  updateTimeRange: () => undefined,
});
setAppEvents(new EventBusSrv());
standardEditorsRegistry.setInit(() => []);
standardFieldConfigEditorRegistry.setInit(() => []);
const registry = new FieldConfigOptionsRegistry(() => fieldOptions());

const gap = 8;
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
  const drawn = type === 'timeseries' || type === 'trend';
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

/** Of a trend: every figure by another one of its row, not by time. */
const along = (name) => ({
  x: (field, frame, frames) => getFieldDisplayName(field, frame, frames) === name,
  y: (field, frame, frames) => field.type === FieldType.number && getFieldDisplayName(field, frame, frames) !== name,
});

/** A panel's drawing, by @grafana/ui; of kinds that it has none for, what they would be given. */
function Drawing({ type, data, options, fieldConfig, width, height, timeRange, replaceVariables }) {
  const frames = data.series;
  const theme = config.theme2;
  const noValue = fieldConfig.defaults.noValue ?? 'No data';
  const error = data.errors?.[0] ?? data.error;
  if (error !== undefined) return h('div', { className: 'fault' }, error.message);
  if (frames.every(({ fields, length }) => fields.length === 0 || length === 0))
    return h('div', { className: 'no-value', style: { padding: 16 } }, noValue);
  if (type === 'timeseries' || type === 'trend')
    return h(TimeSeries, {
      ...{ frames, width, height, timeRange, timeZone: 'utc', structureRev: 1 },
      legend: options.legend,
      ...(type === 'trend' ? { fields: along(options.xField) } : {}),
    });
  if (type === 'table')
    return h(TableNG, {
      ...{
        data: frames[0],
        width,
        height,
        noValue,
        fieldConfig,
        structureRev: 1,
        timeRange,
        enableVirtualization: false,
      },
      ...{ cellHeight: options.cellHeight ?? 'sm', sortBy: options.sortBy ?? [] },
    });
  if (type === 'stat' || type === 'bargauge') {
    const values = getFieldDisplayValues({
      ...{
        fieldConfig,
        reduceOptions: options.reduceOptions,
        replaceVariables,
        theme,
        data: frames,
        timeZone: 'utc',
        sparkline: false,
      },
    });
    const stat = type === 'stat';
    // As Grafana's panel does: else each bar begins behind its own name.
    const alignmentFactors = getDisplayValueAlignmentFactors(values);
    const [w, t] = stat ? [width / values.length, height] : [width, height / values.length];
    return h(
      'div',
      { className: 'stat', style: { display: 'flex', flexDirection: stat ? 'row' : 'column' } },
      values.map(({ display, field }, key) =>
        stat
          ? h(BigValue, {
              ...{
                key,
                value: display,
                width: w,
                height: t,
                theme,
                graphMode: 'none',
                justifyMode: 'auto',
                alignmentFactors,
                text: options.text,
              },
              ...{ colorMode: options.colorMode ?? 'value', textMode: values.length > 1 ? 'value_and_name' : 'auto' },
            })
          : h(BarGauge, {
              ...{
                key,
                value: display,
                field,
                width: w,
                height: t,
                theme,
                orientation: 'horizontal',
                text: {},
                alignmentFactors,
              },
              displayMode: options.displayMode ?? 'basic',
            }),
      ),
    );
  }
  const said = frames.map((frame) =>
    frame.fields.map((field) => `${getFieldDisplayName(field, frame, frames)}: ${field.values.length}`),
  );
  return h(
    'div',
    { className: 'stand-in' },
    `${type}: not Grafana's drawing, only its frames. ${said.flat().join(', ')}`,
  );
}

/** Every address that a panel's cells lead to, as Grafana fills it in for the first row. */
function noteLinks(id, frames) {
  asked.links[id] = frames.flatMap(({ fields, length }) =>
    length === 0
      ? []
      : fields.flatMap((field) =>
          (field.getLinks?.({ valueRowIndex: 0 }) ?? []).map(({ href, title }) => ({ title, href })),
        ),
  );
}

for (const type of [
  'timeseries',
  'table',
  'stat',
  'bargauge',
  'histogram',
  'state-timeline',
  'heatmap',
  'xychart',
  'barchart',
  'text',
  'trend',
]) {
  const plugin = new PanelPlugin((props) => h(Drawing, { type, ...props }));
  Object.defineProperty(plugin, 'fieldConfigRegistry', { get: () => registry });
  registerRuntimePanelPlugin({ pluginId: `ours-${type}`, plugin });
}

/**
 * A variable as the board has it; what a link sets it to goes in as Grafana takes it from the address, which it keeps even where the
 * database offers no such value.
 */
function variableOf(model, linked) {
  const variable = unlinkedVariableOf(model);
  if (model.name in linked) variable.urlSync.updateFromUrl({ [`var-${model.name}`]: linked[model.name] });
  return variable;
}

function unlinkedVariableOf({
  name,
  label,
  type,
  query,
  current,
  multi,
  includeAll,
  refresh,
  hide,
  skipUrlSync,
  datasource,
}) {
  const value = current?.value;
  const common = { name, label, hide, skipUrlSync, ...(value === undefined ? {} : { value, text: value }) };
  const several = { isMulti: multi ?? false, includeAll: includeAll ?? false };
  if (type === 'query')
    return new QueryVariable({
      ...common,
      ...several,
      query,
      datasource: datasource ?? source,
      refresh: refresh ?? 2,
      sort: 0,
    });
  if (type === 'custom') return new CustomVariable({ ...common, ...several, query });
  if (type === 'textbox') return new TextBoxVariable({ name, label, hide, value: query ?? '' });
  if (type === 'datasource') return new DataSourceVariable({ ...common, pluginId: query });
  throw new Error(`variable ${name}: no such type here, ${type}`);
}

function gridItemOf(panel) {
  const { x, y, w, h: height } = panel.gridPos;
  const place = { x, y, width: w, height };
  if (panel.type === 'row')
    return new SceneGridRow({ title: panel.title, isCollapsible: false, x: 0, y, children: [] });
  const queries = (panel.targets ?? []).map((target) => ({ ...target, panel: panel.id }));
  const viz = new VizPanel({
    key: `panel-${panel.id}`,
    pluginId: `ours-${panel.type}`,
    ...{
      title: panel.title,
      description: panel.description,
      options: panel.options ?? {},
      fieldConfig: withDefaults(panel),
    },
    $data: new SceneQueryRunner({
      queries,
      datasource: panel.datasource ?? source,
      maxDataPoints: 1000,
      minInterval: panel.interval,
    }),
  });
  return new SceneGridItem({ ...place, key: `item-${panel.id}`, body: viz });
}

/** @param {{ board: object, linked: Record<string, string | string[]>, mode: 'light' | 'dark', width: number, from: number, to: number }} input */
window.draw = ({ board, linked, mode, width, from, to }) => {
  config.theme2 = createTheme({ colors: { mode } });
  const iso = (ms) => new Date(ms).toISOString();
  const $timeRange = new SceneTimeRange({ from: iso(from), to: iso(to), timeZone: 'utc' });
  const $variables = new SceneVariableSet({ variables: board.templating.list.map((one) => variableOf(one, linked)) });
  const body = new SceneGridLayout({ children: board.panels.map(gridItemOf), isLazy: false });
  const scene = new EmbeddedScene({
    $timeRange,
    $variables,
    body,
    controls: [new VariableValueSelectors({}), new SceneControlsSpacer(), new SceneTimePicker({})],
  });
  locationUtil.initialize({
    config: { appSubUrl: '' },
    getTimeRangeForUrl: () => ({ from: iso(from), to: iso(to) }),
    getVariablesUrlParams: () => ({}),
  });
  const runnersOf = () =>
    board.panels
      .filter(({ targets = [] }) => targets.length > 0)
      .map(({ id }) => sceneGraph.findByKey(scene, `panel-${id}`).state.$data);
  // Grafana's states, of variables as of panels; nothing is waited for by the clock.
  window.isDrawn = () =>
    $variables.state.variables.every((one) => !$variables.isVariableLoadingOrWaitingToUpdate(one)) &&
    runnersOf().every(({ state }) => [LoadingState.Done, LoadingState.Error].includes(state.data?.state));
  window.chosen = () =>
    Object.fromEntries($variables.state.variables.map((one) => [one.state.name, [one.getValue()].flat().map(String)]));
  window.noteLinks = () => {
    for (const { id, targets = [] } of board.panels) {
      if (targets.length === 0) continue;
      const viz = sceneGraph.findByKey(scene, `panel-${id}`);
      noteLinks(id, viz.applyFieldConfig(viz.state.$data.state.data).series);
    }
    return asked.links;
  };
  asked.links = {};
  const root = document.getElementById('root');
  root.style.width = `${width}px`;
  window.shown?.unmount();
  window.shown = createRoot(root);
  window.shown.render(
    h(
      MemoryRouter,
      null,
      h(
        LocationServiceProvider,
        { service: locationService },
        h(
          ThemeContext.Provider,
          { value: config.theme2 },
          h(GlobalStyles, { isExtensionSidebarOpen: false }),
          h(
            'main',
            { style: { width, background: config.theme2.colors.background.canvas, padding: gap } },
            h('h2', null, board.title),
            h(scene.Component, { model: scene }),
          ),
        ),
      ),
    ),
  );
};

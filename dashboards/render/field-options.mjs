// Stand-in of ours: Grafana's registry of field options comes with its application, not with its packages. Values are taken as they are.

const standard = [
  ...[
    'unit',
    'decimals',
    'noValue',
    'min',
    'max',
    'fieldMinMax',
    'color',
    'displayName',
    'mappings',
    'thresholds',
    'links',
  ],
];
const custom = [
  ...['lineWidth', 'fillBelowTo', 'fillOpacity', 'lineStyle', 'spanNulls', 'insertNulls', 'drawStyle', 'pointSize'],
  ...['showPoints', 'stacking', 'thresholdsStyle', 'lineInterpolation', 'axisPlacement', 'axisLabel'],
  ...['scaleDistribution', 'cellOptions', 'width', 'align', 'inspect', 'minWidth', 'filterable', 'axisCenteredZero'],
  ...[
    'axisSoftMin',
    'axisSoftMax',
    'barAlignment',
    'gradientMode',
    'barMaxWidth',
    'wrapHeaderText',
    'wrapText',
    'hideFrom',
  ],
];

/** An entry for each option that our boards set. */
export function fieldOptions() {
  return [...standard, ...custom.map((name) => `custom.${name}`)].map((id) => {
    const path = id.replace(/^custom\./, '');
    return {
      ...{ id, path, isCustom: id !== path, name: id },
      // As Grafana's own for names of fields; the others are taken as they are.
      process: (
        /** @type {unknown} */ value,
        /** @type {{ replaceVariables?: (text: string) => string }} */ context,
      ) => (id === 'displayName' && typeof value === 'string' ? (context.replaceVariables?.(value) ?? value) : value),
      shouldApply: () => true,
    };
  });
}

import { h } from './dom.js';
import { everyMeasure, measureLabel } from './format.js';

/**
 * A choice among all probes' metrics, set to the one that the address names.
 * @param {URLSearchParams} query
 */
export function measureSelect(query) {
  /** @param {ReturnType<typeof everyMeasure>[number]} measure */
  const asked = ({ probe, metric }) =>
    metric === query.get('metric') && /** @type {(string | null)[]} */ ([probe, null]).includes(query.get('probe'));
  const options = everyMeasure().map((measure) =>
    h(
      'option',
      { value: Object.values(measure).join(' '), selected: asked(measure) },
      measureLabel(measure.probe, measure.metric),
    ),
  );
  return h('div', {}, h('label', { for: 'metric' }, 'Metric'), h('select', { id: 'metric', name: 'measure' }, options));
}

/**
 * A form's fields as parameters: its choice of a measure as probe and metric, and nothing that is empty.
 * @param {URLSearchParams} fields
 */
export function askedFields(fields) {
  const [probe = '', metric = ''] = (fields.get('measure') ?? '').split(' ');
  fields.delete('measure');
  fields.set('probe', probe);
  fields.set('metric', metric);
  for (const [name, value] of [...fields]) if (value.trim() === '') fields.delete(name);
  return fields;
}

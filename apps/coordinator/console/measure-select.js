import { choiceField } from './fields.js';
import { everyMeasure, measureLabel } from './format.js';

/**
 * A choice among all probes' metrics, set to the one that the address names.
 * @param {URLSearchParams} query
 */
export function measureSelect(query) {
  const measures = everyMeasure();
  const [metric, probe] = [query.get('metric'), query.get('probe')];
  const chosen =
    measures.find((one) => one.metric === metric && (probe === null || one.probe === probe)) ?? measures[0];
  /** @param {ReturnType<typeof everyMeasure>[number] | undefined} measure */
  const valueOf = (measure) => (measure ? `${measure.probe} ${measure.metric}` : '');
  const options = measures.map((one) => /** @type {const} */ ([valueOf(one), measureLabel(one.probe, one.metric)]));
  return choiceField('measure', 'Metric', options, valueOf(chosen));
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

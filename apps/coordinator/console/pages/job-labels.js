// A job's labels, set and taken away by whoever may.
import { post } from '../api.js';
import { fill, h } from '../dom.js';
import { textField } from '../fields.js';
import { labelsOf } from '../label-text.js';
import { problemBox } from '../problem-box.js';

/** The jobs that have a label. @param {string} name @param {string} value */
const jobsWith = (name, value) => `#/jobs?${new URLSearchParams({ labels: `${name}=${value}` })}`;

/** @param {Readonly<Record<string, string>>} labels */
export const jobLabelLinks = (labels) =>
  Object.entries(labels).map(([name, value]) => [h('a', { href: jobsWith(name, value) }, `${name}=${value}`), ' ']);

/**
 * They outlive the figures that are drawn again around them, so that what is typed stays.
 * @param {import('#contracts').JobView} job
 */
export function jobLabels({ jobId, labels: before }) {
  let standing = '';
  const list = h('ul', { class: 'labels', 'aria-label': 'Labels of this job' });
  const answer = h('div', { 'aria-live': 'polite' });

  /** @param {Record<string, string | null>} labels null takes one away */
  async function change(labels) {
    fill(answer);
    try {
      const path = `v1/jobs/${encodeURIComponent(jobId)}/labels`;
      const job = /** @type {import('#contracts').JobView} */ (await post(path, { labels }));
      show(job.labels);
      return true;
    } catch (error) {
      fill(answer, problemBox(error));
      return false;
    }
  }

  /** @param {Readonly<Record<string, string>>} [labels] a coordinator that is older tells none */
  function show(labels = {}) {
    const says = JSON.stringify(labels);
    if (says === standing) return;
    standing = says;
    fill(
      list,
      Object.entries(labels).map(([name, value]) =>
        h(
          'li',
          {},
          h('a', { href: jobsWith(name, value) }, `${name}=${value}`),
          h(
            'button',
            {
              ...{ type: 'button', class: 'away', 'aria-label': `Take ${name} away`, title: `Take ${name} away` },
              onclick: () => change({ [name]: null }),
            },
            '×',
          ),
        ),
      ),
    );
  }

  const field = textField('label', 'Label', '', { placeholder: 'team=kernel', required: true });
  const input = /** @type {HTMLInputElement} */ (field.querySelector('input'));
  show(before);
  return {
    show,
    element: h(
      'section',
      { 'aria-label': 'Labels', class: 'job-labels' },
      list,
      h(
        'form',
        {
          class: 'narrow',
          onsubmit: async (event) => {
            event.preventDefault();
            if (await change(labelsOf(input.value))) input.value = '';
          },
        },
        field,
        h('button', {}, 'Set'),
      ),
      answer,
    ),
  };
}

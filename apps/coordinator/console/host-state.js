import { h } from './dom.js';
import { hostStateName, hostStates, none } from '#wording';

/** @type {Record<import('#contracts').HostState, string>} */
const hostStateStyles = {
  ...{ online: 'completed', silent: 'failed', never: '' },
  ...{ draining: 'partial', quarantined: 'failed', removed: '' },
};

/**
 * A host's state; who took it out of service and why is shown as a hint.
 * @param {Pick<import('#contracts').HostView, 'state'> & Partial<Pick<import('#contracts').HostView, 'outOfService'>>} host
 */
export function hostState({ state: name, outOfService }) {
  if (!name) return none;
  const why = outOfService ? `${outOfService.by}: ${outOfService.reason}` : hostStates[name];
  return h('span', { class: `state ${hostStateStyles[name]}`, title: why }, hostStateName(name));
}

// Questions that come at about the same time share a round trip.
export { gathered } from './gathered.js';

// All that a database needs before coordinator and workers can use it.
export { type LoginName, loginNames, prepareDatabase } from './prepare-database.js';

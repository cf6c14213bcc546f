// Takes the place of @grafana/plugin-compat, whose build wants functions that @grafana/runtime 13.2.3 has not yet: one data source, ours.
import { runtimeDataSources } from './data-source.mjs';

/** @param {{ uid?: string } | string | null | undefined} ref */
export const getDataSourceInstance = (ref) => Promise.resolve(runtimeDataSources.find(ref));
export const getDataSourceInstanceList = () => Promise.resolve(runtimeDataSources.list());
export const getDefaultDataSourceInstanceListItem = () => Promise.resolve(runtimeDataSources.list()[0]);

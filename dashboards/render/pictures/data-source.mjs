// Where the scene's queries go: the data source of the page, made by scene.jsx.
const known = /** @type {{ instance: unknown, item: { uid: string } }[]} */ ([]);
export const runtimeDataSources = {
  add: (/** @type {unknown} */ instance, /** @type {{ uid: string }} */ item) => known.push({ instance, item }),
  find: (/** @type {{ uid?: string } | string | null | undefined} */ ref) => {
    const uid = typeof ref === 'string' ? ref : ref?.uid;
    // `${datasource}`: the page has one of its kind, so that is chosen.
    const found = uid?.startsWith('$') ? known[0] : known.find(({ item }) => item.uid === uid);
    if (found === undefined) throw new Error(`there is no data source ${uid}`);
    return found.instance;
  },
  list: () => known.map(({ item }) => item),
};

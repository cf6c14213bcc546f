import type { Express } from 'express';

interface Route {
  pattern: RegExp;
  methods: readonly string[];
}

function patternOf(path: string): RegExp {
  const segments = path.split('/').map((s) => (s.startsWith(':') ? '[^/]+' : s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${segments.join('/')}/?$`);
}

function routesOf(express: Express): Route[] {
  return express.router.stack.flatMap(({ route }) => {
    if (route === undefined || typeof route.path !== 'string') return [];
    const methods = route.stack.map((layer) => layer.method.toUpperCase());
    return [{ pattern: patternOf(route.path), methods }];
  });
}

/** Answers which methods a path takes, so that a wrong method gets a 405 with `Allow` and an unknown path a 404. */
export function allowedMethods(express: Express): (path: string) => string[] {
  let routes: Route[] | null = null;
  return (path) => {
    routes ??= routesOf(express);
    return [...new Set(routes.filter((r) => r.pattern.test(path)).flatMap((r) => r.methods))].sort();
  };
}

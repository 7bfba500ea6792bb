# Two images from one checkout: `platform` (broker, ingest, api) and `automation` (Node-RED with Fanari's nodes and flows).
#   docker build --target platform -t fanari/platform:0.1.0 .
# BASE is any Debian with Node 24 and npm; the test builds on one of its own, because it may pull none.
ARG BASE=node:24.11-bookworm-slim

FROM ${BASE} AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts/link-node.js scripts/
COPY api/package.json api/
COPY automation/package.json automation/
COPY bench/package.json bench/
COPY broker/package.json broker/
COPY console/package.json console/
COPY contracts/package.json contracts/
COPY dashboards/package.json dashboards/
COPY firmware-sim/package.json firmware-sim/
COPY ingest/package.json ingest/
COPY platform/package.json platform/
COPY tests/package.json tests/

FROM manifests AS pages
RUN npm ci --include-workspace-root -w console -w contracts
COPY contracts contracts
COPY tsconfig.json ./
COPY console console
RUN npm run build -w console

# The base brings Node itself; npm's copy of it would double the image.
FROM manifests AS platform-packages
RUN npm ci --omit=dev -w api -w broker -w contracts -w firmware-sim -w ingest -w platform \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node

# What both images share: nobody is root, and data is the only folder that is written to.
FROM ${BASE} AS runtime
ENV NODE_ENV=production
WORKDIR /app
RUN mkdir /data && chown 1000:1000 /data
USER 1000:1000
VOLUME /data
STOPSIGNAL SIGTERM

FROM runtime AS platform
COPY --from=platform-packages /app /app
COPY contracts contracts
COPY broker broker
COPY ingest ingest
COPY api api
COPY firmware-sim firmware-sim
COPY platform platform
COPY --from=pages /app/console/dist console/dist
ENV FANARI_DATA=/data \
    FANARI_TOWN=none \
    HEALTH_URL=http://127.0.0.1:8080/healthz
# Alive, not ready: what a platform that takes no telemetry waits for is often outside, and a restart would not bring it.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.HEALTH_URL).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "platform/src/main.ts"]

FROM manifests AS automation-packages
RUN npm ci --omit=dev -w automation -w contracts \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM runtime AS automation
COPY --from=automation-packages /app /app
COPY contracts contracts
COPY automation automation
CMD ["node", "automation/src/main.ts"]

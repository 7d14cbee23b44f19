# The bot with what PostgreSQL, feeds and pages of the web need. docs/operations.md says how to run it.
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY corpus ./corpus
# Without pip, which the bot does not need.
RUN python -m venv --without-pip /opt/article-bot
RUN python -m pip --python /opt/article-bot install --no-cache-dir --disable-pip-version-check ".[postgres,web]"

FROM python:3.12-slim
COPY --from=build /opt/article-bot /opt/article-bot
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin article-bot
RUN install --directory --owner=article-bot --group=article-bot --mode=0700 /data /cache
COPY --chown=article-bot:article-bot corpus /corpus
ENV PATH=/opt/article-bot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CORPUS_DIR=/corpus \
    CACHE_DIR=/cache \
    DATABASE_URL=sqlite:////data/votes.db \
    WEBHOOK_LISTEN=0.0.0.0:8080 \
    HEALTH_LISTEN=127.0.0.1:8081
USER article-bot
WORKDIR /data
VOLUME ["/data", "/corpus", "/cache"]
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=2m \
    CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8081, timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["article-bot"]
CMD ["run"]

# The rules of hiprun as a service: docker build -t hiprun . && docker run --rm -p 8080:8080 hiprun
# Other packs: docker run --rm -p 8080:8080 -v "$PWD/my-rules:/rules:ro" hiprun serve --host 0.0.0.0 /rules
FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --wheel-dir /wheels ".[serve]"

FROM python:3.13-slim
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-index /wheels/*.whl \
    && rm -r /wheels \
    && useradd --system --no-create-home --uid 10001 hiprun
# a number, so that whoever runs the image can see that it is not root
USER 10001
ENV HIPRUN_CACHE=off
EXPOSE 8080
HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/ready', timeout=3)"]
ENTRYPOINT ["hiprun"]
CMD ["serve", "--host", "0.0.0.0"]

# syntax=docker/dockerfile:1
# Dependencies are a layer of their own: a change of our sources does not build them again.
FROM rust:1.95-slim-trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY loadtest/Cargo.toml loadtest/Cargo.toml
RUN mkdir -p src benches loadtest/src/bin \
 && echo 'fn main() {}' | tee src/main.rs benches/core.rs benches/load.rs loadtest/src/bin/bare.rs > /dev/null \
 && touch src/lib.rs loadtest/src/lib.rs \
 && cargo build --release --package fairhold --bin fairhold \
 && rm -rf src benches loadtest/src
COPY config config
COPY migrations migrations
COPY src src
COPY web web
RUN mkdir -p loadtest/src/bin benches && touch loadtest/src/lib.rs \
 && echo 'fn main() {}' | tee loadtest/src/bin/bare.rs benches/core.rs benches/load.rs > /dev/null \
 && touch src/lib.rs src/main.rs \
 && cargo build --release --package fairhold --bin fairhold

FROM debian:trixie-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/fairhold fairhold
COPY --from=build /src/target/release/fairhold /usr/local/bin/fairhold
USER fairhold
VOLUME /var/lib/fairhold
ENV FAIRHOLD_DATA=/var/lib/fairhold FAIRHOLD_LISTEN=0.0.0.0:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["fairhold"]
CMD ["serve"]

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /out/crisisbot ./cmd/crisisbot \
 && mkdir /out/data

# Nothing but the binary, certificates and time zones; user 65532.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/crisisbot /crisisbot
COPY --from=build --chown=nonroot:nonroot /out/data /data
ENV CRISISBOT_DATA=/data
VOLUME /data
ENTRYPOINT ["/crisisbot"]
CMD ["--help"]

# An image of nothing but Holdfast, from an unpacked release: docker build -t holdfast holdfast-VERSION-linux-x86_64
# Copy the program into an image of your own (docs/guide/ci.md), or run it as it is.
FROM scratch
COPY bin /usr/bin
COPY share/doc /usr/share/doc
COPY share/holdfast /usr/share/holdfast
WORKDIR /work
ENTRYPOINT ["/usr/bin/holdfast"]

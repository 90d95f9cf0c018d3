#!/bin/sh
# Puts Bluesky's own server where the tests look for it; nothing that it brings along is run.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
there="$here/../../../build/bluesky"
mkdir -p "$there"
cmp -s "$here/package-lock.json" "$there/installed-lock.json" && exit 0
cp "$here/package.json" "$here/package-lock.json" "$there/"
npm ci --prefix "$there" --ignore-scripts --omit=dev --no-audit --no-fund > "$there/npm.log" 2>&1 ||
    { cat "$there/npm.log" >&2; exit 1; }
cp "$here/package-lock.json" "$there/installed-lock.json"

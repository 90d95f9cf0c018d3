#!/bin/sh
# Runs the platform servers of the tests against clients and servers that others wrote.
#
#   sh tests/foreign/run.sh [--install] [telegram | discord/hikari | …]
#
# Every folder with a requirements.txt and a check.py gets an environment of its own under
# build/foreign, since what these tools depend on may clash with what the bot does. It is made
# once, and again when its requirements change. Without a name all of them run. With --install
# the environments are made and nothing is run.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
python=${PYTHON:-$(sh "$root/tools/find-python.sh")}
cd "$root"

environment() { # FOLDER: makes it where it is missing or old, and prints where it is
    place="build/foreign/$(printf '%s' "${1#tests/foreign/}" | tr '/' '-')"
    if ! cmp -s "$1/requirements.txt" "$place/made-of"; then
        "$python" -m venv --clear "$place" >&2
        "$place/bin/python" -m pip install -q --disable-pip-version-check \
            --no-compile -r "$1/requirements.txt" >&2
        cp "$1/requirements.txt" "$place/made-of"
    fi
    printf '%s' "$place"
}

run=yes
[ "${1:-}" != --install ] || { run=no; shift; }
failed=0
found=0
for name in "${@:-.}"; do
    for requirements in $(find "tests/foreign/$name" -name requirements.txt | sort); do
        folder=$(dirname "$requirements")
        folder=$(printf '%s' "$folder" | sed 's|/\./|/|')
        found=$((found + 1))
        place=$(environment "$folder")
        [ "$run" = yes ] || continue
        if PYTHONPATH="$root" "$place/bin/python" "$folder/check.py"; then
            echo "${folder#tests/foreign/}: passed"
        else
            echo "${folder#tests/foreign/}: FAILED" >&2
            failed=1
        fi
    done
done
[ "$found" -gt 0 ] || { echo "nothing to run: no requirements.txt under tests/foreign/$*" >&2; exit 2; }
exit "$failed"

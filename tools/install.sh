#!/bin/sh
# Makes .venv hold what a lock file names, and the recallbot command: "run" (the default) for
# the bot alone, "photo" for reading photos of labels too, "dev" for the tests and checks as
# well. Does nothing where that is so already.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-run}
# Who once asked for photos keeps them.
[ "$kind" != run ] || [ ! -e .venv/photo.ready ] || kind=photo
case $kind in
    run) lock=requirements.lock ;;
    photo) lock=requirements-photo.lock ;;
    dev) lock=requirements-dev.lock ;;
    *) echo "usage: install.sh [run|photo|dev]" >&2 && exit 2 ;;
esac

# The folder belongs to it: a moved checkout has commands that point to the old place.
fingerprint() { printf '%s %s\n' "$PWD" "$(cat "$1" pyproject.toml | cksum)"; }

[ "$(cat ".venv/$kind.ready" 2>/dev/null)" != "$(fingerprint "$lock")" ] || exit 0

echo "Setting up .venv from $lock; this takes a minute, once."
if ! grep -qsF "$PWD " .venv/run.ready || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    python=$(sh tools/find-python.sh)
    "$python" -m venv --clear .venv
fi
rm -f .venv/*.ready
# Errors alone are shown: a warning here is about the machine, not about the bot.
pip="env PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip -qq --require-virtualenv"
$pip install --no-compile --require-hashes -r "$lock"
# In compat mode a plain path is enough; the other way costs every start an import hook.
$pip install --no-compile --no-deps --no-build-isolation --no-index \
    --config-settings editable_mode=compat -e .
# Explicit, because some machines forbid bytecode by default and starting up would take seconds.
# A package may carry templates that are no Python: those are not our failure.
.venv/bin/python -m compileall -q -q -j 0 .venv/lib core bots || :
fingerprint requirements.lock > .venv/run.ready
# What the tests need holds everything that photos do.
[ "$kind" = run ] || fingerprint requirements-photo.lock > .venv/photo.ready
[ "$kind" != dev ] || fingerprint requirements-dev.lock > .venv/dev.ready

#!/bin/sh
# Prints the first Python of at least 3.11 that can make virtual environments, or says in one
# line what to install. PYTHON=/path/to/python overrides the search.
set -eu

can_run() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
can_make_venvs() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

bare=
# The versions that are tested come first; a command may exist and still not run (pyenv).
for python in ${PYTHON:-python3.12 python3.11 python3.13 python3 python}; do
    can_run "$python" || continue
    if can_make_venvs "$python"; then
        echo "$python"
        exit 0
    fi
    bare=${bare:-$python}
done

if [ -n "$bare" ]; then
    version=$("$bare" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$bare cannot make virtual environments; on Debian or Ubuntu: apt-get install python$version-venv" >&2
else
    echo "recallbot needs Python 3.11 or newer; none was found (PYTHON=/path/to/python names one)" >&2
fi
exit 1

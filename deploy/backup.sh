#!/usr/bin/env bash
# Backs the SQLite database up while the bot runs, and keeps the newest copies:
#   backup.sh FOLDER        RECALLBOT names the command, KEEP how many copies stay (14).
# For PostgreSQL use pg_dump.
# The key that the database is sealed with (recallbot.db.key beside it) is left out on purpose:
# a copy is of no use without it, so keep it too, but never in this folder.
set -euo pipefail

folder=${1:?"usage: backup.sh FOLDER"}
command=${RECALLBOT:-recallbot}
keep=${KEEP:-14}
umask 077 # what people own is nobody else's business

mkdir -p "$folder"
copy="$folder/recallbot-$(date -u +%Y%m%dT%H%M%SZ).db"
# Under another name until it is whole, so that half a copy never pushes a good one out.
trap 'rm -f "$copy.part"' EXIT
"$command" db backup "$copy.part"
mv "$copy.part" "$copy"

find "$folder" -maxdepth 1 -name 'recallbot-*.db' -printf '%f\n' | sort -r | tail -n "+$((keep + 1))" |
    while read -r old; do rm -f "$folder/$old"; done

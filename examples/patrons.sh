#!/usr/bin/env bash
# From raw to current to answers: exports of MongoDB become current tables, and the questions for patrons are asked of them.
#
#   examples/patrons.sh exports/ tables/
#
# `exports/` holds users.json, posts.json, comments.json and votes.json as mongoexport writes them, with any number of snapshots of a
# document. `tables/` holds what is current, a CSV each; the next exports are merged into it: of each key the newest row stays,
# wherever it was. The answers are written to tables/answers/, a CSV each, all from one scan of each table.
set -euo pipefail

exports=${1:?the directory of the exports} tables=${2:?the directory of the tables}
mkdir -p "$tables/answers"

# load TABLE KEY DATES [OPTION…]: flattens the export of TABLE and merges it into what is current.
load() {
  local table=$1 key=$2 dates=$3
  rowfold flatten "$exports/$table.json" "${@:4}" |
    rowfold latest --key "$key" --by "$dates" --into "$tables/$table.csv" -
}

load users id_oid updated_at_date,created_at_date
load posts id_oid created_at_date
load comments id_oid created_at_date
load votes id_oid,votes_index created_at_date --explode votes

questions=(summary by-country posts-by-month post-trend votes top-countries support-histogram)
asked=$(printf ',patrons/%s' "${questions[@]}")
rowfold ask "${asked:1}" --format csv --output "$tables/answers/" \
  users="$tables/users.csv" posts="$tables/posts.csv" comments="$tables/comments.csv" votes="$tables/votes.csv"

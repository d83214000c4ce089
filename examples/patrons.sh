#!/usr/bin/env bash
# From raw to current to answers: exports of MongoDB become current tables, and the questions for patrons are asked of them.
#
#   examples/patrons.sh exports/ tables/
#
# `exports/` holds users.json, posts.json, comments.json and votes.json as mongoexport writes them, with any number of snapshots of a
# document. `tables/` holds what is current, a CSV each; the next exports are merged into it: of each key the newest row stays,
# wherever it was. (Ballots do not change, and an export has all of them.) The answers are written to tables/answers/, a CSV each, all
# from one scan of each table.
set -euo pipefail

exports=${1:?the directory of the exports} tables=${2:?the directory of the tables}
mkdir -p "$tables/answers"

# load TABLE DATES: flattens the export of TABLE and merges it into what is current.
load() {
  rowfold flatten "$exports/$1.json" |
    rowfold latest --key id_oid --by "$2" --into "$tables/$1.csv" -
}

load users updated_at_date,created_at_date
load posts created_at_date
load comments created_at_date
rowfold flatten "$exports/votes.json" --explode votes --output "$tables/votes.csv"

questions=(summary by-country posts-by-month post-trend votes top-countries support-histogram)
asked=$(printf ',patrons/%s' "${questions[@]}")
rowfold ask "${asked:1}" --format csv --output "$tables/answers/" \
  users="$tables/users.csv" posts="$tables/posts.csv" comments="$tables/comments.csv" votes="$tables/votes.csv"

#!/usr/bin/env bash
# A nightly history of a table in PostgreSQL, and an answer loaded back.
#
#   PGDATABASE=shop examples/purchases.sh history.csv
#
# The table `purchases` (purchaseid, …, date) says what is so today. Every night its rows are held against history.csv: what is new
# or differs opens a version there, what has not changed does nothing, and a night that fails leaves the file as it was. What
# purchases of each status came to goes back, into the table `purchases_by_status`, in one transaction.
#
# psql finds its server as always (PGHOST, PGDATABASE, …; see `man psql`).
set -euo pipefail

history=${1:?where the history is kept, or to be kept, as history.csv}

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --command '\copy purchases to stdout csv header' |
  rowfold history --key purchaseid --valid-from date --into "$history" -

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --command 'SET client_min_messages = warning' \
  --command 'CREATE TABLE IF NOT EXISTS purchases_by_status (status text, purchases bigint, worth numeric)'

rowfold sql "
  SELECT status, count(*) AS purchases, sum(quantity * price) AS worth
  FROM '$history'
  WHERE valid_until IS NULL
  GROUP BY status" --format csv |
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --single-transaction \
    --command 'TRUNCATE purchases_by_status' \
    --command '\copy purchases_by_status from stdin csv header'

#!/usr/bin/env bash
# JSON Lines to an answer in one pipe: the ten busiest days of an export of tweets, and who wrote most on each.
#
#   examples/tweets.sh tweets.json
#   zcat tweets.json.gz | examples/tweets.sh
#
# Nothing is staged on the disk, and neither process takes more than its budget, however long the export is. A record that is no
# JSON ends both with its place; `--on-bad skip` behind `flatten` counts such records and goes on.
set -euo pipefail

rowfold flatten "${1:--}" --columns id,user.username=username,content,date --date-only date --memory 64M |
  rowfold ask tweets/top-days - --memory 64M

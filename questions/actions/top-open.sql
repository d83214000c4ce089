-- title: The ten windows of ten minutes with most opens
-- description: By opens, the earlier window first where two have as many.
-- input: events(time timestamp, action text in ('Open', 'Close'))
SELECT time_bucket(INTERVAL '10 minutes', time) AS window_start,
       time_bucket(INTERVAL '10 minutes', time) + INTERVAL '10 minutes' AS window_end,
       count(*) FILTER (WHERE action = 'Open') AS open,
       count(*) FILTER (WHERE action = 'Close') AS close
FROM events
WHERE time IS NOT NULL
GROUP BY time_bucket(INTERVAL '10 minutes', time)
ORDER BY open DESC, window_start
LIMIT 10

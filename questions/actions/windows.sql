-- title: Opens and closes in each window of ten minutes
-- description: Windows are aligned to the epoch, start inclusive, end exclusive; avg_actions is the mean of both counts.
-- input: events(time timestamp, action text in ('Open', 'Close'))
SELECT time_bucket(INTERVAL '10 minutes', time) AS window_start,
       time_bucket(INTERVAL '10 minutes', time) + INTERVAL '10 minutes' AS window_end,
       count(*) FILTER (WHERE action = 'Close') AS close,
       count(*) FILTER (WHERE action = 'Open') AS open,
       count(action) / 2 AS avg_actions
FROM events
WHERE time IS NOT NULL
GROUP BY time_bucket(INTERVAL '10 minutes', time)
ORDER BY window_start

-- title: How many times a minute each action comes, by window of ten minutes
-- description: A window's count of an action, divided by ten; an action that a window does not have has no row there.
-- input: events(time timestamp, action text in ('Open', 'Close'))
SELECT time_bucket(INTERVAL '10 minutes', time) AS window_start, action, count(*) / 10 AS avg_per_minute
FROM events
WHERE time IS NOT NULL AND action IS NOT NULL
GROUP BY time_bucket(INTERVAL '10 minutes', time), action
ORDER BY window_start, action

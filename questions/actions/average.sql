-- title: How many actions a window of ten minutes has, on average
-- description: The mean of opens and closes together, over the windows that have any.
-- input: events(time timestamp, action text in ('Open', 'Close'))
SELECT count(*) / nullif(count(DISTINCT time_bucket(INTERVAL '10 minutes', time)), 0) AS total_avg_actions
FROM events
WHERE time IS NOT NULL AND action IS NOT NULL

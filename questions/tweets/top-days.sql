-- title: The ten busiest days, and who posted most on each
-- description: Tweets with content per UTC day; the username is the one with most of them that day, ties by name.
-- input: tweets(id text, username text, content text, date date)
SELECT date, mode(username) AS username, count(*) AS tweets
FROM tweets
WHERE content IS NOT NULL AND date IS NOT NULL
GROUP BY date
ORDER BY tweets DESC, date
LIMIT 10

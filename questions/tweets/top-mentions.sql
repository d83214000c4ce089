-- title: The ten most mentioned usernames
-- description: Every @name in the content counts; the @ is dropped, the case is kept.
-- input: tweets(id text, username text, content text, date date)
SELECT found.mention AS username, count(*) AS count
FROM tweets, UNNEST(mentions(content)) AS found(mention)
GROUP BY found.mention
ORDER BY count DESC, username
LIMIT 10

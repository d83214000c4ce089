-- title: The ten most mentioned usernames, as the published solution counts them
-- description: Only the first @name of each tweet counts, and the @ stays; tweets/top-mentions counts them all.
-- input: tweets(id text, username text, content text, date date)
SELECT regexp_extract(content, '@[A-Za-z0-9_]+') AS mention, count(*) AS count
FROM tweets
WHERE regexp_matches(content, '@[A-Za-z0-9_]+')
GROUP BY 1
ORDER BY count DESC, mention
LIMIT 10

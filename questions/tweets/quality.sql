-- title: What is wrong with the data: repeated ids and missing values
-- description: Rows whose id was there before, and rows without each column; one scan.
-- input: tweets(id text, username text, content text, date date)
SELECT 'duplicate_ids' AS check, count(id) - count(DISTINCT id) AS rows FROM tweets
UNION ALL
SELECT 'null_id', count(*) FILTER (WHERE id IS NULL) FROM tweets
UNION ALL
SELECT 'null_username', count(*) FILTER (WHERE username IS NULL) FROM tweets
UNION ALL
SELECT 'null_content', count(*) FILTER (WHERE content IS NULL) FROM tweets
UNION ALL
SELECT 'null_date', count(*) FILTER (WHERE date IS NULL) FROM tweets

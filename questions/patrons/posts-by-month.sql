-- title: Posts of each type, and comments, by month
-- description: Counts by the month of creation; those without a date take no part.
-- input: posts(type text, created_at_date date)
-- input: comments(created_at_date date)
SELECT date_trunc('month', created_at_date) AS month, type, count(*) AS count
FROM posts
WHERE created_at_date IS NOT NULL
GROUP BY 1, 2
UNION ALL
SELECT date_trunc('month', created_at_date), 'comments', count(*)
FROM comments
WHERE created_at_date IS NOT NULL
GROUP BY 1
ORDER BY month, type

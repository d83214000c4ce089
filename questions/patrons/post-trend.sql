-- title: Whether there are more posts each month, by type
-- description: The least-squares line through a type's monthly counts, its months being numbered 0, 1, 2, …
-- input: posts(type text, created_at_date date)
-- input: comments(created_at_date date)
WITH
months AS (
  SELECT date_trunc('month', created_at_date) AS month, type, count(*) AS n
  FROM posts
  WHERE created_at_date IS NOT NULL
  GROUP BY 1, 2
  UNION ALL
  SELECT date_trunc('month', created_at_date), 'comments', count(*)
  FROM comments
  WHERE created_at_date IS NOT NULL
  GROUP BY 1
),
numbered AS (SELECT type, n, row_number() OVER (PARTITION BY type ORDER BY month) - 1 AS place FROM months)
SELECT type, regr_slope(n, place) AS slope, regr_intercept(n, place) AS intercept
FROM numbered
GROUP BY type
ORDER BY type

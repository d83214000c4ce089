-- title: Accidents by month, and how far each month is from April
-- description: Means over the years of each month's count; std_error is that of the difference of two months in the one-way model.
-- input: accidents(first_occurrence_date timestamp)
-- param: from date = 2014-01-01
-- param: until date = 2020-01-01
WITH
counts AS (
  SELECT extract(year FROM first_occurrence_date) AS year,
         extract(month FROM first_occurrence_date) AS month,
         count(*) AS n
  FROM accidents
  WHERE first_occurrence_date >= :from AND first_occurrence_date < :until
  GROUP BY 1, 2
),
months(month) AS (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)),
totals AS (SELECT month, sum(n) AS total, sum(n * n) AS squares FROM counts GROUP BY month),
years AS (SELECT count(DISTINCT year) AS years FROM counts),
april AS (SELECT coalesce(sum(total), 0) AS total FROM totals WHERE month = 4),
-- years times the residual sum of squares, a whole number
residuals AS (SELECT max(years) * sum(squares) - sum(total * total) AS squares FROM totals CROSS JOIN years)
SELECT month,
       coalesce(totals.total, 0) / years AS accidents_per_month,
       (coalesce(totals.total, 0) - april.total) / years AS vs_april,
       sqrt(residuals.squares / years / nullif(12 * years - 12, 0) * 2 / years) AS std_error,
       coalesce(totals.total, 0) AS total
FROM months
LEFT JOIN totals USING (month)
CROSS JOIN years
CROSS JOIN april
CROSS JOIN residuals
WHERE years > 0
ORDER BY month

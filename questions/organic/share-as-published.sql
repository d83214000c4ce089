-- title: The share of organic users over four weeks, as the published system counts weeks
-- description: Missing weeks are those of Sundays by %Y_%W, which are not ISO's, and the window is the numbers year * 100 + week less 3 to 0, which ends at New Year.
-- input: acquisitions(name text, value number, start_date date, year_week text, country text, os_name text)
WITH RECURSIVE
users AS (
  SELECT year_week, country,
         sum(value) FILTER (WHERE name = 'Organic') AS organic,
         sum(value) AS all_users
  FROM acquisitions
  WHERE os_name = 'all' AND country <> 'ALL'
  GROUP BY year_week, country
),
days AS (SELECT min(start_date) AS first_day, max(start_date) AS last_day FROM acquisitions),
countries AS (SELECT country FROM acquisitions WHERE country <> 'ALL' GROUP BY country),
sundays(sunday, last_day) AS (
  SELECT date_trunc('week', first_day) + INTERVAL '6 days', last_day
  FROM days
  WHERE date_trunc('week', first_day) + INTERVAL '6 days' <= last_day
  UNION ALL
  SELECT sunday + INTERVAL '7 days', last_day FROM sundays WHERE sunday + INTERVAL '7 days' <= last_day
),
fillers AS (SELECT DISTINCT strftime(sunday, '%Y_%W') AS year_week, country FROM sundays CROSS JOIN countries),
filled AS (
  SELECT year_week, country, coalesce(organic, 0) AS organic, coalesce(all_users, 0) AS all_users
  FROM fillers
  FULL JOIN users USING (year_week, country)
),
numbered AS (
  SELECT CAST(split_part(year_week, '_', 1) AS integer) AS year,
         CAST(split_part(year_week, '_', 2) AS integer) AS week,
         country, organic, all_users
  FROM filled
)
SELECT year, week, country,
       sum(organic) OVER four_weeks / nullif(sum(all_users) OVER four_weeks, 0) AS share_organic_p4w
FROM numbered
WINDOW four_weeks AS (PARTITION BY country ORDER BY year * 100 + week RANGE BETWEEN 3 PRECEDING AND CURRENT ROW)
ORDER BY country, year, week

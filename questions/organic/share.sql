-- title: The share of organic users over four weeks, by country
-- description: For every ISO week from the first start date to the last and every country: users of the week and the three before it.
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
weeks(monday, last_day) AS (
  SELECT date_trunc('week', first_day), last_day FROM days WHERE first_day IS NOT NULL
  UNION ALL
  SELECT monday + 7, last_day FROM weeks WHERE monday + 7 <= last_day
),
filled AS (
  SELECT monday, countries.country, coalesce(organic, 0) AS organic, coalesce(all_users, 0) AS all_users
  FROM weeks
  CROSS JOIN countries
  LEFT JOIN users ON users.country = countries.country AND users.year_week = strftime(monday, '%G_%V')
)
SELECT extract(isoyear FROM monday) AS year,
       extract(week FROM monday) AS week,
       country,
       sum(organic) OVER four_weeks / nullif(sum(all_users) OVER four_weeks, 0) AS share_organic_p4w
FROM filled
WINDOW four_weeks AS (PARTITION BY country ORDER BY monday ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)
ORDER BY country, year, week

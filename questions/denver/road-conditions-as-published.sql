-- title: The road conditions of accidents, as the published system counts them
-- description: Only a condition of one blank is left out, so that of two blanks, which fills the column, has a share.
-- input: accidents(first_occurrence_date timestamp, road_condition text)
WITH counts AS (
  SELECT road_condition,
         count(*) FILTER (WHERE extract(year FROM first_occurrence_date) = 2014) AS n2014,
         count(*) FILTER (WHERE extract(year FROM first_occurrence_date) = 2015) AS n2015,
         count(*) FILTER (WHERE extract(year FROM first_occurrence_date) = 2016) AS n2016,
         count(*) FILTER (WHERE extract(year FROM first_occurrence_date) = 2017) AS n2017,
         count(*) FILTER (WHERE extract(year FROM first_occurrence_date) = 2018) AS n2018,
         count(*) FILTER (WHERE extract(year FROM first_occurrence_date) = 2019) AS n2019
  FROM accidents
  WHERE first_occurrence_date >= DATE '2014-01-01' AND first_occurrence_date < DATE '2020-01-01'
    AND road_condition <> ' '
  GROUP BY road_condition
)
SELECT road_condition,
       round(100 * n2014 / nullif(sum(n2014) OVER (), 0), 1) AS "2014",
       round(100 * n2015 / nullif(sum(n2015) OVER (), 0), 1) AS "2015",
       round(100 * n2016 / nullif(sum(n2016) OVER (), 0), 1) AS "2016",
       round(100 * n2017 / nullif(sum(n2017) OVER (), 0), 1) AS "2017",
       round(100 * n2018 / nullif(sum(n2018) OVER (), 0), 1) AS "2018",
       round(100 * n2019 / nullif(sum(n2019) OVER (), 0), 1) AS "2019"
FROM counts
ORDER BY road_condition

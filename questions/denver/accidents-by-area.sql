-- title: Accidents a year by neighbourhood
-- description: Means over the years in which a neighbourhood has any, and their shares of the sum of means, in percent.
-- input: accidents(first_occurrence_date timestamp, neighborhood_id text)
WITH means AS (
  SELECT neighborhood_id AS neighborhood,
         count(*) / count(DISTINCT extract(year FROM first_occurrence_date)) AS per_year
  FROM accidents
  WHERE first_occurrence_date IS NOT NULL
  GROUP BY neighborhood_id
)
SELECT neighborhood, per_year, 100 * per_year / sum(per_year) OVER () AS share
FROM means
ORDER BY per_year DESC, neighborhood

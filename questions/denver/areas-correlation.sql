-- title: How calls and accidents of neighbourhoods go together
-- description: Pearson's correlation over the neighbourhoods that both files have, and how many these are.
-- input: accidents(first_occurrence_date timestamp, neighborhood_id text)
-- input: calls(neighborhood text)
WITH
called AS (
  SELECT regexp_replace(lower(neighborhood), '[^\p{L}\p{N}]+', '-', 'g') AS neighborhood, count(*) AS calls
  FROM calls
  WHERE neighborhood IS NOT NULL
  GROUP BY 1
),
crashed AS (
  SELECT regexp_replace(lower(neighborhood_id), '[^\p{L}\p{N}]+', '-', 'g') AS neighborhood,
         count(*) / count(DISTINCT extract(year FROM first_occurrence_date)) AS accidents_per_year
  FROM accidents
  WHERE neighborhood_id IS NOT NULL AND first_occurrence_date IS NOT NULL
  GROUP BY 1
)
SELECT corr(calls, accidents_per_year) AS correlation, count(*) AS areas
FROM called
JOIN crashed USING (neighborhood)

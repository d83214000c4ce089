-- title: Calls and accidents of each neighbourhood beside each other
-- description: Neighbourhoods that both files have, by name: lower-case, with a hyphen for each run of other characters than letters and digits.
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
SELECT neighborhood, calls, accidents_per_year,
       rank() OVER (ORDER BY calls DESC) AS calls_rank,
       rank() OVER (ORDER BY accidents_per_year DESC) AS accidents_rank
FROM called
JOIN crashed USING (neighborhood)
ORDER BY calls DESC, neighborhood

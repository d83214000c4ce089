-- title: Calls to 311 by neighbourhood
-- description: All calls, those without a neighbourhood together.
-- input: calls(neighborhood text)
SELECT neighborhood, count(*) AS calls
FROM calls
GROUP BY neighborhood
ORDER BY calls DESC, neighborhood

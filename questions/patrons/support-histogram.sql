-- title: How many users support with how much
-- description: Fifty bins of one width from the least lifetime support to the greatest, in units of 100 cents; who gave nothing is in none.
-- input: users(patreon_lifetime_support_cents number)
WITH RECURSIVE
supports AS (
  SELECT patreon_lifetime_support_cents AS cents, count(*) AS n
  FROM users
  WHERE patreon_lifetime_support_cents > 0
  GROUP BY 1
),
bounds AS (SELECT min(cents) AS low, max(cents) AS high FROM supports),
bins(bin) AS (SELECT 1 UNION ALL SELECT bin + 1 FROM bins WHERE bin < 50),
binned AS (
  -- The greatest support is in the last bin, not behind it.
  SELECT coalesce(least(floor((cents - low) * 50 / nullif(high - low, 0)) + 1, 50), 1) AS bin, sum(n) AS n
  FROM supports
  CROSS JOIN bounds
  GROUP BY 1
)
SELECT bins.bin,
       (low + (high - low) * (bins.bin - 1) / 50) / 100 AS support_from,
       (low + (high - low) * bins.bin / 50) / 100 AS support_until,
       coalesce(n, 0) AS users
FROM bins
CROSS JOIN bounds
LEFT JOIN binned ON binned.bin = bins.bin
WHERE low IS NOT NULL
ORDER BY bins.bin

-- title: The ten countries that support most, and all others together
-- description: By lifetime support in units of 100 cents; comments, votes and their weight are those of the countries' users.
-- input: users(id_oid text, country text, patreon_status text, patreon_lifetime_support_cents number)
-- input: comments(user_id_oid text)
-- input: votes(user_id_oid text, votes_weight number)
WITH
people AS (
  SELECT id_oid, country, patreon_status = 'active_patron' AS is_patron, patreon_lifetime_support_cents AS cents FROM users
),
written AS (SELECT user_id_oid, count(*) AS comments FROM comments GROUP BY user_id_oid),
voted AS (SELECT user_id_oid, count(*) AS votes, sum(votes_weight) AS weight FROM votes GROUP BY user_id_oid),
countries AS (
  SELECT country,
         count(*) AS users,
         count(*) FILTER (WHERE is_patron) AS patrons,
         coalesce(sum(cents), 0) AS cents,
         coalesce(sum(comments), 0) AS comments,
         coalesce(sum(votes), 0) AS votes,
         coalesce(sum(weight), 0) AS weight
  FROM people
  LEFT JOIN written ON written.user_id_oid = people.id_oid
  LEFT JOIN voted ON voted.user_id_oid = people.id_oid
  GROUP BY country
),
placed AS (
  SELECT countries.*, least(row_number() OVER (ORDER BY cents DESC, country), 11) AS place FROM countries
)
SELECT CASE WHEN place > 10 THEN 'others' ELSE min(country) END AS country,
       sum(users) AS users,
       sum(patrons) AS patrons,
       sum(cents) / 100 AS support,
       sum(comments) AS comments,
       sum(votes) AS votes,
       sum(weight) AS weight,
       sum(cents) / (100 * sum(users)) AS support_per_user
FROM placed
GROUP BY place
ORDER BY place

-- title: Votes by month, country, patrons or not, and what was voted for
-- description: Ballots exploded (flatten --explode votes), with the newest snapshot of each user.
-- input: votes(user_id_oid text, created_at_date date, votes_index number, votes_weight number)
-- input: users(id_oid text, country text, patreon_status text)
WITH
ballots AS (
  SELECT user_id_oid, date_trunc('month', created_at_date) AS month, votes_index AS vote_index,
         count(*) AS votes, sum(votes_weight) AS weight
  FROM votes
  GROUP BY 1, 2, 3
),
people AS (SELECT id_oid, country, coalesce(patreon_status = 'active_patron', false) AS is_patron FROM users)
SELECT month, country, coalesce(is_patron, false) AS is_patron, vote_index, sum(votes) AS votes, sum(weight) AS weight
FROM ballots
LEFT JOIN people ON id_oid = user_id_oid
GROUP BY 1, 2, 3, 4
ORDER BY month, country, is_patron, vote_index

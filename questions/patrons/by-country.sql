-- title: Users, patrons and support by country
-- description: Of the newest snapshot of each user; support in units of 100 cents.
-- input: users(country text, patreon_status text, patreon_lifetime_support_cents number)
SELECT country,
       count(*) AS users,
       count(*) FILTER (WHERE patreon_status = 'active_patron') AS patrons,
       sum(patreon_lifetime_support_cents) / 100 AS support
FROM users
GROUP BY country
ORDER BY country

-- title: Users, patrons and their support
-- description: Of the newest snapshot of each user; support in units of 100 cents, patron_share in percent.
-- input: users(patreon_status text, patreon_lifetime_support_cents number, patreon_campaign_support_cents number,
--     patreon_is_follower boolean, patreon_is_free_trial boolean)
SELECT count(*) AS users,
       count(*) FILTER (WHERE patreon_status = 'active_patron') AS patrons,
       100 * count(*) FILTER (WHERE patreon_status = 'active_patron') / nullif(count(*), 0) AS patron_share,
       sum(patreon_lifetime_support_cents) / 100 AS lifetime_support,
       sum(patreon_campaign_support_cents) / 100 AS campaign_support,
       count(*) FILTER (WHERE patreon_is_follower) AS followers,
       count(*) FILTER (WHERE patreon_is_free_trial) AS free_trials
FROM users

-- title: The ten most used emojis
-- description: Every occurrence in the content counts; a sequence (flag, family, keycap, skin tone) is one emoji.
-- input: tweets(id text, username text, content text, date date)
SELECT found.emoji AS emoji, count(*) AS count
FROM tweets, UNNEST(emojis(content)) AS found(emoji)
GROUP BY found.emoji
ORDER BY count DESC, emoji
LIMIT 10

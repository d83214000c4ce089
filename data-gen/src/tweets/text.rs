//! One tweet's text, put together of phrases and of what tweets have between them; what is counted is counted as it is put in.
//!
//! Nothing that would be counted arises by chance: names end where a separator begins, emojis that would grow into their neighbours stand
//! apart, and phrases hold none of either.

use super::tally::Tally;
use super::vocabulary::{HOSTS, Vocabulary};
use super::words::{DECOYS, HASHTAGS, LANGUAGES, Language, SEPARATORS};
use crate::random::{Random, low32};
use crate::weighted::Weighted;

/// The maker of texts.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    vocabulary: &'a Vocabulary,
    mentioned: Weighted,
    emojis: Weighted,
    /// For each of 64 lots, a language.
    lots: Vec<usize>,
    /// By language.
    phrases: Vec<Vec<&'static str>>,
    hashtags: Vec<&'static str>,
}

const MOST_MENTIONED: u32 = 200_000;
const MENTIONED_SHIFT: u32 = 6;
const EMOJIS_SHIFT: u32 = 3;

/// The text being written, and whether it mentions someone yet.
struct Draft<'a> {
    out: &'a mut Vec<u8>,
    random: &'a mut Random,
    tally: &'a mut Tally,
    mentions: bool,
}

impl<'a> Text<'a> {
    /// Makes texts of what is in `vocabulary`.
    pub(crate) fn new(vocabulary: &'a Vocabulary) -> Text<'a> {
        let lots = LANGUAGES.iter().enumerate().flat_map(|(i, language)| vec![i; language.share as usize]).collect();
        Text {
            vocabulary,
            mentioned: Weighted::zipf(vocabulary.users.len().min(MOST_MENTIONED), MENTIONED_SHIFT),
            emojis: Weighted::zipf(low32(vocabulary.emojis.len() as u64), EMOJIS_SHIFT),
            lots,
            phrases: LANGUAGES.iter().map(Language::phrases).collect(),
            hashtags: HASHTAGS.split_whitespace().collect(),
        }
    }

    /// Appends a text of about 135 bytes, never empty; it is not yet a field of a CSV.
    pub(crate) fn write(&self, random: &mut Random, out: &mut Vec<u8>, tally: &mut Tally) {
        let language = random.choose(&self.lots);
        let phrases = &self.phrases[language];
        let n_phrases = random.between(1, LANGUAGES[language].longest);
        let mut draft = Draft { out, random, tally, mentions: false };
        if draft.random.one_in(3) {
            self.mention(&mut draft);
            draft.put(" ");
        }
        draft.put_one_of(phrases);
        for _ in 1..n_phrases {
            self.between_phrases(&mut draft);
            draft.put_one_of(&SEPARATORS);
            draft.put_one_of(phrases);
        }
        self.tail(&mut draft);
    }

    /// Right after a phrase: most often nothing.
    fn between_phrases(&self, draft: &mut Draft<'_>) {
        match draft.random.below(256) {
            0..=7 => {
                draft.put(" ");
                self.mention(draft);
            }
            8..=19 => {
                draft.put(" ");
                draft.put_one_of(&self.hashtags);
            }
            20..=25 => self.emoji(draft),
            26..=30 => {
                draft.put(" ");
                self.emoji(draft);
            }
            31..=34 => draft.put(" &amp;"),
            35..=41 => draft.put("\n"),
            42..=44 => draft.put("\n\n"),
            45..=47 => draft.put(" \"so they say\""),
            48 => draft.put(" 5\" pipe"),
            49..=50 => {
                draft.put(" ");
                draft.put_one_of(&DECOYS);
            }
            51 => self.address(draft),
            52 => self.profile_link(draft),
            _ => {}
        }
    }

    /// Hashtags, emojis and a link at the end.
    fn tail(&self, draft: &mut Draft<'_>) {
        for _ in 0..draft.random.below(3) {
            draft.put(" ");
            draft.put_one_of(&self.hashtags);
        }
        if draft.random.one_in(4) {
            draft.put(" ");
            self.emoji(draft);
            while draft.random.one_in(2) {
                self.emoji(draft);
            }
        }
        if draft.random.below(8) < 3 {
            draft.put(" https://t.co/");
            let bits = draft.random.bits();
            let code: [u8; 10] = std::array::from_fn(|i| LETTERS[((bits >> (6 * i)) % 62) as usize]);
            draft.out.extend_from_slice(&code);
        }
    }

    /// `@name`; a byte that cannot be of a name has to follow, or the end.
    fn mention(&self, draft: &mut Draft<'_>) {
        draft.put("@");
        self.mentioned_name(draft);
    }

    /// A name that follows an `@`. The most mentioned are those who write least.
    fn mentioned_name(&self, draft: &mut Draft<'_>) {
        let user = self.vocabulary.users.len() - 1 - self.mentioned.pick(draft.random);
        draft.out.extend_from_slice(self.vocabulary.users.name(user));
        draft.count_mention(user);
    }

    /// An emoji, one in four without the U+FE0F that it should have. Nothing that it could grow together with may stand before it.
    fn emoji(&self, draft: &mut Draft<'_>) {
        let number = self.emojis.pick(draft.random);
        let emoji = &self.vocabulary.emojis[number as usize];
        if emoji.apart {
            draft.put(" ");
        }
        let form = if draft.random.one_in(4) { &emoji.bare } else { &emoji.full };
        draft.put(form);
        draft.tally.emojis[number as usize] += 1;
    }

    /// An e-mail address; the mentions question counts its host as a name.
    fn address(&self, draft: &mut Draft<'_>) {
        let host = draft.random.below(low32(HOSTS.len() as u64));
        draft.put(" mail info.desk@");
        draft.put(HOSTS[host as usize].0);
        draft.count_mention(self.vocabulary.users.len() + host);
    }

    /// A link with an `@name` in it, which counts.
    fn profile_link(&self, draft: &mut Draft<'_>) {
        draft.put(" https://medium.example/@");
        self.mentioned_name(draft);
        draft.put("/p?a=1&amp;b=2");
    }
}

impl Draft<'_> {
    #[inline]
    fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    #[inline]
    fn put_one_of(&mut self, choices: &[&str]) {
        let text = self.random.choose(choices);
        self.put(text);
    }

    fn count_mention(&mut self, mentionable: u32) {
        self.tally.mention(mentionable, !self.mentions);
        self.mentions = true;
    }
}

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

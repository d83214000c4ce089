//! The emojis that tweets hold: every kind there is, each in the form it is written in and the form it is counted under.
//!
//! Put together here by rule, not taken from a crate's table, so that a newer Unicode never changes a generated file; a test holds
//! each against such a table. In the order of the pool the favourites come first, then all others, well mixed.

use crate::random::Random;

/// One emoji.
#[derive(Debug, Clone)]
pub(crate) struct Emoji {
    /// Fully qualified.
    pub(crate) full: String,
    /// With every U+FE0F left out, as many keyboards send it; the same as `full` where there is none.
    pub(crate) bare: String,
    /// Must stand apart: a skin tone after another emoji would become part of it.
    pub(crate) apart: bool,
}

impl Emoji {
    fn new(full: &str) -> Emoji {
        Emoji { full: full.to_owned(), bare: full.replace(SELECTOR, ""), apart: full.starts_with(TONES) }
    }

    /// What it is counted under: without U+FE0F, but for sequences with a joiner or a keycap, which are always fully qualified.
    pub(crate) fn key(&self) -> &str {
        if self.full.contains([JOINER, KEYCAP]) { &self.full } else { &self.bare }
    }
}

/// The pool: about 2,300 emojis, no two with one key.
pub(crate) fn pool() -> Vec<Emoji> {
    let favourites: Vec<String> = FAVOURITES.split_whitespace().map(str::to_owned).collect();
    let mut others = Vec::new();
    plain(&mut others);
    flags(&mut others);
    keycaps(&mut others);
    toned(&mut others);
    joined(&mut others);
    others.retain(|emoji| !favourites.contains(emoji));
    let mut random = Random::new(0, 0);
    for last in (1..others.len()).rev() {
        let other = random.below(u32::try_from(last + 1).expect("some thousands"));
        others.swap(last, other as usize);
    }
    favourites.iter().chain(&others).map(|emoji| Emoji::new(emoji)).collect()
}

const JOINER: char = '\u{200d}';
const SELECTOR: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';
const TONES: [char; 5] = ['\u{1f3fb}', '\u{1f3fc}', '\u{1f3fd}', '\u{1f3fe}', '\u{1f3ff}'];

/// The first 32 are those of `mock`. Every kind is among the first 64.
const FAVOURITES: &str = "
    🙏 😂 🚜 🌾 ❤️ ✊ 👍 🔥 😭 🤣 💪 👏 🇮🇳 😍 🙌 ✌️ 😡 🎉 💯 👇 😊 🤔 ✅ 🥰 😎 🌹 👉 ✨ 💔 🙏🏽 🤦‍♂️ 😢
    ✊🏽 ✊🏾 🇨🇦 💚 ⚡ 🤷‍♀️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣ ☺️ 👨‍👩‍👧‍👦 👩🏽‍🌾 ❤️‍🔥 🏳️‍🌈 ‼️ ™️ ©️ 🇺🇸 🇬🇧 👁️‍🗨️ 🧑‍🤝‍🧑 ☝🏽 2️⃣ 🏽 ▶️ ☀️ ♥️ ✍🏽 👩‍❤️‍👨 🕉️ 🧿 ♾️ 🐕‍🦺
";

/// Single characters: those shown as pictures by themselves, then those that need U+FE0F for it, then stray skin tones.
fn plain(to: &mut Vec<String>) {
    let ranges = [
        0x1f300..=0x1f320,
        0x1f337..=0x1f37c,
        0x1f380..=0x1f393,
        0x1f3a0..=0x1f3ca,
        0x1f3e0..=0x1f3f0,
        0x1f400..=0x1f43e,
        0x1f442..=0x1f4fc,
        0x1f4ff..=0x1f53d,
        0x1f550..=0x1f567,
        0x1f5fb..=0x1f64f,
        0x1f680..=0x1f6c5,
        0x1f910..=0x1f93a,
        0x1f93c..=0x1f945,
        0x1f947..=0x1f9af,
        0x1f9b4..=0x1f9ff,
    ];
    to.extend(ranges.into_iter().flatten().filter_map(char::from_u32).map(String::from));
    let text = "©®‼⁉™ℹ↔↕↖↗↘↙↩↪⌨⏏⏭⏮⏯⏱⏲⏸⏹⏺Ⓜ▪▫▶◀◻◼☀☁☂☃☄☎☑☘☝☠☢☣☦☪☮☯☸☹☺♀♂♟♠♣♥♦♨♻♾⚒⚔⚕⚖⚗⚙⚛⚜⚠⚧⚰⚱⛈⛏⛑⛓⛩⛰⛱⛴⛷⛸⛹✂✈✉✌✍✏✒✔✖✝✡✳✴❄❇❣❤➡⤴⤵⬅⬆⬇〰〽㊗㊙";
    to.extend(text.chars().map(|c| format!("{c}{SELECTOR}")));
    to.extend(TONES.map(String::from));
}

/// Two regional indicators each, and the three flags spelt with tags.
fn flags(to: &mut Vec<String>) {
    const COUNTRIES: &str = "
        AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF
        CG CH CI CK CL CM CN CO CP CR CU CV CW CX CY CZ DE DG DJ DK DM DO DZ EA EC EE EG EH ER ES ET EU FI FJ FK FM FO FR GA GB GD GE
        GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU IC ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
        KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE
        NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM
        SN SO SR SS ST SV SX SY SZ TA TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM UN US UY UZ VA VC VE VG VI VN VU WF WS
        XK YE YT ZA ZM ZW";
    for country in COUNTRIES.split_whitespace() {
        to.push(country.chars().map(|letter| shifted(letter, 'A', '\u{1f1e6}')).collect());
    }
    for region in ["gbeng", "gbsct", "gbwls"] {
        let tags: String = region.chars().map(|letter| shifted(letter, 'a', '\u{e0061}')).collect();
        to.push(format!("🏴{tags}\u{e007f}"));
    }
}

/// `letter`, moved from the alphabet that begins at `from` to that which begins at `to`.
fn shifted(letter: char, from: char, to: char) -> char {
    char::from_u32(u32::from(to) + u32::from(letter) - u32::from(from)).expect("both alphabets have 26 letters")
}

fn keycaps(to: &mut Vec<String>) {
    to.extend("0123456789#*".chars().map(|c| format!("{c}{SELECTOR}{KEYCAP}")));
}

/// Hands and people in the five skin tones.
fn toned(to: &mut Vec<String>) {
    for base in "☝✊✋✌✍👂👃👆👇👈👉👊👋👌👍👎👏👐👦👧👨👩👮👳👴👵👶💁💃💅💪🕺🖐🖖🙅🙆🙇🙋🙌🙍🙎🙏🚴🚶🤌🤏🤘🤙🤚🤛🤜🤝🤞🤟🤦🤲🤳🤵🤷🧍🧎🧑🧒🧓🧔🧕".chars() {
        to.extend(TONES.map(|tone| format!("{base}{tone}")));
    }
}

/// Sequences with the joiner: people at work, gestures of women and men, families, and others.
fn joined(to: &mut Vec<String>) {
    let tones: Vec<String> = std::iter::once(String::new()).chain(TONES.map(String::from)).collect();
    for person in ["👨", "👩", "🧑"] {
        for thing in "🌾 🍳 🎓 🎤 🎨 🏫 🏭 💻 💼 🔧 🔬 🚀 🚒 🦯 🦰 🦱 🦲 🦳 🦼 🦽 ⚕️ ⚖️ ✈️".split(' ')
        {
            to.extend(tones.iter().map(|tone| format!("{person}{tone}{JOINER}{thing}")));
        }
    }
    for person in "👮 👳 👷 💁 💂 🏃 🏄 🏊 🙅 🙆 🙇 🙋 🙍 🙎 🚣 🚴 🚵 🚶 🤦 🤷 🤸 🤹 🧎 🧏 🧖 🧗 🧘 🧙 🧚".split(' ')
    {
        for sex in ["♂️", "♀️"] {
            to.extend(tones.iter().map(|tone| format!("{person}{tone}{JOINER}{sex}")));
        }
    }
    for family in ["👨‍👩‍👦", "👨‍👩‍👧", "👨‍👩‍👧‍👦", "👨‍👩‍👦‍👦", "👨‍👩‍👧‍👧", "👩‍👦", "👩‍👧‍👦", "👨‍👧‍👧"]
    {
        to.push(family.to_owned());
    }
    let others = "👩‍❤️‍👨 👨‍❤️‍👨 👩‍❤️‍👩 👩‍❤️‍💋‍👨 ❤️‍🔥 ❤️‍🩹 🏳️‍🌈 🏳️‍⚧️ 🏴‍☠️ 👁️‍🗨️ 🐕‍🦺 🐈‍⬛ 🐻‍❄️ 🧑‍🤝‍🧑 🧑🏽‍🤝‍🧑🏿 😮‍💨 😵‍💫 😶‍🌫️";
    to.extend(others.split(' ').map(str::to_owned));
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_emoji_is_one_of_unicode_and_fully_qualified() {
        for emoji in pool() {
            let full = &emoji.full;
            if !emoji.apart {
                let known = ::emojis::get(full).unwrap_or_else(|| panic!("{full} {}", full.escape_unicode()));
                assert_eq!(known.as_str(), full, "{}", full.escape_unicode());
            }
        }
    }

    #[test]
    fn no_two_emojis_share_a_key() {
        let pool = pool();
        let keys: HashSet<&str> = pool.iter().map(Emoji::key).collect();
        assert_eq!(keys.len(), pool.len());
    }

    #[test]
    fn every_kind_is_among_the_first_64() {
        let pool = pool();
        assert!(pool.len() > 2000, "{}", pool.len());
        let has = |what: char| pool[..64].iter().any(|emoji| emoji.full.contains(what));
        for what in [JOINER, SELECTOR, KEYCAP, TONES[2], '\u{1f1ee}', '\u{e007f}', '©'] {
            assert!(has(what), "{}", what.escape_unicode());
        }
        assert!(pool[..64].iter().any(|emoji| emoji.apart));
    }
}

//! Text in, the emojis in it out, as small numbers whose keys are bytes.
//!
//! What an emoji is: the longest sequence at a place, left to right, of the RGI set (`emoji-test.txt`), its forms with any
//! FE0F left out, single emoji characters, stray skin tones and hair components. A digit, `#`, `*`, a lone regional indicator,
//! ZWJ and FE0F are none. The key drops FE0F unless the sequence has ZWJ or a keycap, so that all forms of one emoji are one key.
//! Text is bytes; what is no UTF-8 is passed over.
//!
//! The obvious way looks up every grapheme cluster in a hash table. Departures:
//! 1. the sequences lie in a trie of characters, entered through a table of first characters, so that a place is settled by
//!    walking it once, and nothing is cut into clusters (which UAX #29 and the RGI set do not even see alike);
//! 2. only E2, E3, F0 and C2 begin one, so that memchr skips to those, several bytes a cycle;
//! 3. keycaps, which begin with a digit, are entered by their tail: `20E3` is E2 83 A3, and looks back;
//! 4. a match is a number below [`n_keys`], so that counting emojis needs no hashing.

use std::sync::LazyLock;

/// The version of Unicode whose sequences are known.
pub const UNICODE_VERSION: &str = "18.0";

/// The bytes at which emojis and keycaps' tails are entered.
pub const ENTRIES: [u8; 4] = [0xC2, 0xE2, 0xE3, 0xF0];

/// Calls `each` with the number of every emoji in `text`, in order.
///
/// The table behind it is built at the first call, in 0.6 ms; it holds 170 KB.
#[inline]
pub fn for_each(text: &[u8], mut each: impl FnMut(u16)) {
    let table = &*TABLE;
    // C2 begins nothing but © and ®, and is rare: only a text that has one pays for a fourth byte.
    let has_c2 = memchr::memchr(0xC2, text).is_some();
    let mut settled = 0;
    while let Some(skipped) = next_entry(&text[settled..], has_c2) {
        settled = table.enter(text, settled, settled + skipped, &mut each);
    }
}

/// The same, where it is known that `entries` are places of [`ENTRIES`] in `text`, ascending; all before `settled` was told before. Up to
/// where it is told now.
#[inline]
pub fn for_each_at(
    text: &[u8],
    entries: impl Iterator<Item = usize>,
    mut settled: usize,
    mut each: impl FnMut(u16),
) -> usize {
    let table = &*TABLE;
    for place in entries {
        if place >= settled {
            settled = table.enter(text, settled, place, &mut each);
        }
    }
    settled
}

/// The bytes under which emoji `number` is counted.
#[inline]
pub fn key(number: u16) -> &'static [u8] {
    let table = &*TABLE;
    let number = usize::from(number);
    &table.keys[table.starts[number] as usize..table.starts[number + 1] as usize]
}

/// How many emojis there are; their numbers are below it.
pub fn n_keys() -> usize {
    TABLE.starts.len() - 1
}

const KEYCAP: &[u8] = "\u{20E3}".as_bytes();

/// The place of the next byte that can begin an emoji or a keycap's tail.
#[inline]
fn next_entry(text: &[u8], has_c2: bool) -> Option<usize> {
    if has_c2 {
        return text.iter().position(|byte| matches!(byte, 0xC2 | 0xE2 | 0xE3 | 0xF0));
    }
    memchr::memchr3(0xE2, 0xE3, 0xF0, text)
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::build);

/// The sequences, as a trie of characters.
#[derive(Debug)]
struct Table {
    /// The keys, back to back.
    keys: Vec<u8>,
    /// `keys[starts[n]..starts[n + 1]]` is key `n`.
    starts: Vec<u32>,
    /// Node 0 stands for "none".
    nodes: Vec<Node>,
    /// The nodes below the first characters, each at the place of its parent and character ([`edge`]), or behind it; 0 is free.
    edges: Vec<u16>,
    /// The node of each first character, by [`first_index`].
    firsts: Vec<u16>,
    /// The keys of the keycaps of `#`, `*` and the digits, by the low five bits of the character.
    keycaps: [u16; 32],
}

#[derive(Clone, Copy, Debug)]
struct Node {
    character: char,
    /// [`NO_KEY`] where no emoji ends.
    key: u16,
    parent: u16,
    /// A bit for each child, by [`trace`]: what follows an emoji is mostly another, and no child.
    traces: u16,
}

/// One of sixteen bits: the same for all skin tones, which many emojis have for children.
#[inline]
fn trace(c: char) -> u16 {
    1 << (((c as u32 >> 3) ^ (c as u32 >> 7)) & 15)
}

/// Places of the edges: at least twice as many as there are nodes.
const N_EDGES: usize = 1 << 14;

/// Where the child of `parent` for `c` is looked for first.
#[inline]
fn edge(parent: u16, c: char) -> usize {
    ((c as u32 ^ u32::from(parent) << 15).wrapping_mul(0x9E37_79B1) >> 18) as usize
}

const NO_KEY: u16 = u16::MAX;
const FE0F: char = '\u{FE0F}';
const ZWJ: char = '\u{200D}';

impl Table {
    fn build() -> Table {
        let root = Node { character: '\0', key: NO_KEY, parent: 0, traces: 0 };
        let mut table = Table {
            keys: Vec::with_capacity(48 << 10),
            starts: vec![0],
            nodes: Vec::with_capacity(8 << 10),
            edges: vec![0; N_EDGES],
            firsts: vec![0; N_FIRSTS],
            keycaps: [NO_KEY; 32],
        };
        table.nodes.push(root);
        let toned = |emoji: &'static emojis::Emoji| emoji.skin_tones().into_iter().flatten().skip(1);
        for emoji in emojis::iter() {
            std::iter::once(emoji).chain(toned(emoji)).for_each(|emoji| table.add(emoji.as_str()));
        }
        // The components of emoji-test.txt: skin tones, red, curly, white hair and baldness.
        for component in ('\u{1F3FB}'..='\u{1F3FF}').chain('\u{1F9B0}'..='\u{1F9B3}') {
            table.add(component.encode_utf8(&mut [0; 4]));
        }
        table.nodes.shrink_to_fit();
        table.keys.shrink_to_fit();
        table.starts.shrink_to_fit();
        table
    }

    /// Adds a fully qualified sequence in all of its forms.
    fn add(&mut self, sequence: &str) {
        let Ok(key) = u16::try_from(self.starts.len() - 1) else { return };
        if sequence.ends_with('\u{20E3}') {
            // A keycap never meets the trie: its first character is too common to enter by.
            self.keycaps[usize::from(sequence.as_bytes()[0] & 31)] = key;
            return self.add_key(sequence.chars());
        }
        if sequence.contains(ZWJ) {
            self.add_key(sequence.chars());
        } else {
            self.add_key(sequence.chars().filter(|&c| c != FE0F));
        }
        let n_forms = 1u32 << sequence.matches(FE0F).count();
        for form in 0..n_forms {
            let mut selectors = 0;
            let mut node = 0;
            for c in sequence.chars() {
                if c == FE0F {
                    selectors += 1;
                    if form >> (selectors - 1) & 1 == 1 {
                        continue;
                    }
                }
                node = self.step_or_grow(node, c);
            }
            self.nodes[usize::from(node)].key = key;
        }
    }

    fn add_key(&mut self, characters: impl Iterator<Item = char>) {
        let mut buffer = [0; 4];
        characters.for_each(|c| self.keys.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes()));
        self.starts.push(u32::try_from(self.keys.len()).unwrap_or(u32::MAX));
    }

    /// The child of `node` (of the root if 0) for `c`, made if it is not there.
    fn step_or_grow(&mut self, node: u16, c: char) -> u16 {
        let known = if node == 0 { self.first(c) } else { self.child(node, c) };
        if known != 0 {
            return known;
        }
        let new = u16::try_from(self.nodes.len()).unwrap_or(0);
        self.nodes[usize::from(node)].traces |= trace(c);
        if node != 0 {
            let mut at = edge(node, c);
            while self.edges[at] != 0 {
                at = (at + 1) % N_EDGES;
            }
            self.edges[at] = new;
        } else if let Some(index) = first_index(c) {
            self.firsts[index] = new;
        }
        self.nodes.push(Node { character: c, key: NO_KEY, parent: node, traces: 0 });
        new
    }

    #[inline]
    fn first(&self, c: char) -> u16 {
        first_index(c).map_or(0, |index| self.firsts[index])
    }

    #[inline]
    fn child(&self, node: u16, c: char) -> u16 {
        if self.nodes[usize::from(node)].traces & trace(c) == 0 {
            return 0;
        }
        let mut at = edge(node, c);
        loop {
            let child = self.edges[at];
            let Node { character, parent, .. } = self.nodes[usize::from(child)];
            if child == 0 || (character == c && parent == node) {
                return child;
            }
            at = (at + 1) % N_EDGES;
        }
    }

    /// Tells the emoji at `place`, or the keycap whose tail is there; all before `settled` is told. What is settled then.
    #[inline]
    fn enter(&self, text: &[u8], settled: usize, place: usize, each: &mut impl FnMut(u16)) -> usize {
        match self.longest(&text[place..]) {
            Some((key, len)) => {
                each(key);
                place + len
            }
            None if text[place..].starts_with(KEYCAP) => {
                if let Some(key) = self.keycap(&text[settled..place]) {
                    each(key);
                }
                place + KEYCAP.len()
            }
            // A digit before `place` cannot belong to a keycap any more, nor to anything else.
            None => place + 1,
        }
    }

    /// The key and length of the longest sequence at the front of `text`.
    #[inline]
    fn longest(&self, text: &[u8]) -> Option<(u16, usize)> {
        let (index, mut len) = first_of(text)?;
        let mut node = self.firsts[index];
        let mut longest = None;
        while node != 0 {
            let Node { key, traces, .. } = self.nodes[usize::from(node)];
            if key != NO_KEY {
                longest = Some((key, len));
            }
            // Most that follows an emoji is a blank or a letter, and not worth decoding.
            if traces == 0 || !matches!(text.get(len), Some(0xE2 | 0xEF | 0xF0 | 0xF3)) {
                break;
            }
            let Some((c, n)) = decode(&text[len..]) else { break };
            node = self.child(node, c);
            len += n;
        }
        longest
    }

    /// The key of the keycap whose tail follows `before`.
    #[inline]
    fn keycap(&self, before: &[u8]) -> Option<u16> {
        let before = before.strip_suffix("\u{FE0F}".as_bytes()).unwrap_or(before);
        match before.last()? {
            byte @ (b'0'..=b'9' | b'#' | b'*') => Some(self.keycaps[usize::from(byte & 31)]),
            _ => None,
        }
    }
}

/// First characters lie in three stretches: © and ®, 2000–3300, 1F000–1FC00.
const N_FIRSTS: usize = 2 + 0x1300 + 0xC00;

#[inline]
fn first_index(c: char) -> Option<usize> {
    match c as usize {
        0xA9 => Some(0),
        0xAE => Some(1),
        c @ 0x2000..0x3300 => Some(2 + c - 0x2000),
        c @ 0x1F000..0x1FC00 => Some(2 + 0x1300 + c - 0x1F000),
        _ => None,
    }
}

/// What [`first_index`] has of the first character of `text`, where that begins an emoji; and its length.
#[inline]
fn first_of(text: &[u8]) -> Option<(usize, usize)> {
    let rest = |byte: u8| usize::from(byte & 0x3F);
    match *text {
        [0xF0, 0x9F, a @ 0x80..=0xAF, b @ 0x80..=0xBF, ..] => Some((2 + 0x1300 + (rest(a) << 6 | rest(b)), 4)),
        [first @ (0xE2 | 0xE3), a @ 0x80..=0xBF, b @ 0x80..=0xBF, ..] => {
            let index = usize::from(first & 1) << 12 | rest(a) << 6 | rest(b);
            (index < 0x1300).then_some((2 + index, 3))
        }
        [0xC2, 0xA9, ..] => Some((0, 2)),
        [0xC2, 0xAE, ..] => Some((1, 2)),
        _ => None,
    }
}

/// The first character of `text` and its length; `None` where none begins.
#[inline]
fn decode(text: &[u8]) -> Option<(char, usize)> {
    let first = u32::from(*text.first()?);
    let next = |n: usize| {
        let byte = u32::from(*text.get(n)?);
        (byte & 0xC0 == 0x80).then_some(byte & 0x3F)
    };
    let (code, len) = match first {
        0..0x80 => (first, 1),
        0xC2..0xE0 => ((first & 0x1F) << 6 | next(1)?, 2),
        0xE0..0xF0 => ((first & 0xF) << 12 | next(1)? << 6 | next(2)?, 3),
        0xF0..0xF5 => ((first & 7) << 18 | next(1)? << 12 | next(2)? << 6 | next(3)?, 4),
        _ => return None,
    };
    // Overlong forms of what the trie holds do not exist: its characters of three and four bytes begin with E2, E3 and F0 9F, EF, F3.
    char::from_u32(code).map(|c| (c, len))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn found(text: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        for_each(text, |number| found.push(String::from_utf8(key(number).to_vec()).unwrap()));
        found
    }

    #[test]
    fn edges_are_mostly_free() {
        assert!(TABLE.nodes.len() * 2 <= N_EDGES, "{} nodes", TABLE.nodes.len());
    }

    fn all() -> Vec<&'static str> {
        emojis::iter()
            .flat_map(|emoji| std::iter::once(emoji).chain(emoji.skin_tones().into_iter().flatten()))
            .map(emojis::Emoji::as_str)
            .collect()
    }

    /// Every form of every emoji with its key, as the rule says it.
    static FORMS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        let mut forms = HashMap::new();
        for full in all() {
            let stripped = full.replace('\u{FE0F}', "");
            let keeps = full.contains('\u{200D}') || full.contains('\u{20E3}');
            let key = if keeps { full.to_owned() } else { stripped };
            // Leave out one FE0F after the other, in every order.
            let mut open = vec![full.to_owned()];
            while let Some(form) = open.pop() {
                for (place, selector) in form.match_indices('\u{FE0F}') {
                    open.push(format!("{}{}", &form[..place], &form[place + selector.len()..]));
                }
                forms.insert(form, key.clone());
            }
        }
        for component in ["🏻", "🏼", "🏽", "🏾", "🏿", "🦰", "🦱", "🦲", "🦳"] {
            forms.insert(component.into(), component.into());
        }
        forms
    });

    /// The longest form at every place, by trying every length.
    fn oracle(text: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        for chunk in text.utf8_chunks() {
            let mut rest = chunk.valid();
            while let Some(first) = rest.chars().next() {
                let ends = rest.char_indices().map(|(place, c)| place + c.len_utf8()).take(16);
                let longest = ends.filter(|&end| FORMS.contains_key(&rest[..end])).last();
                found.extend(longest.map(|end| FORMS[&rest[..end]].clone()));
                rest = &rest[longest.unwrap_or(first.len_utf8())..];
            }
        }
        found
    }

    #[test]
    fn emojis_are_told_apart_as_the_rule_says() {
        for (text, expected) in [
            ("❤️ and ❤", &["❤", "❤"][..]),
            ("🤦‍♂️", &["🤦‍♂️"]),
            ("🤦‍♂", &["🤦‍♂️"]),
            ("🇮🇳🇮🇳", &["🇮🇳", "🇮🇳"]),
            ("🇮", &[]),
            ("1️⃣ 2⃣ #️⃣ *⃣", &["1️⃣", "2️⃣", "#️⃣", "*️⃣"]),
            ("12⃣", &["2️⃣"]),
            ("a⃣", &[]),
            ("⃣", &[]),
            ("❤1⃣", &["❤", "1️⃣"]),
            ("0 1 2 # *", &[]),
            ("© ® ™ ‼ ℹ ↔", &["©", "®", "™", "‼", "ℹ", "↔"]),
            ("👍🏽👍", &["👍🏽", "👍"]),
            ("🏽", &["🏽"]),
            ("☝️🏻", &["☝", "🏻"]),
            ("☝🏻", &["☝🏻"]),
            ("👩‍❤️‍💋‍👨", &["👩‍❤️‍💋‍👨"]),
            ("👩‍❤‍💋‍👨", &["👩‍❤️‍💋‍👨"]),
            ("👩‍👩", &["👩", "👩"]),
            ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", &["🏴󠁧󠁢󠁥󠁮󠁧󠁿"]),
            ("🏴󠁧󠁢", &["🏴"]),
            ("😀️", &["😀"]),
            ("\u{200D}\u{FE0F}", &[]),
            ("नमस्ते — “hi” …", &[]),
        ] {
            assert_eq!(found(text.as_bytes()), expected, "{text}");
            assert_eq!(oracle(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn every_emoji_is_found_alone_and_the_version_is_the_table_s() {
        for full in all() {
            assert_eq!(found(full.as_bytes()), oracle(full.as_bytes()), "{full}");
            assert_eq!(found(full.as_bytes()).len(), 1, "{full}");
        }
        let newest =
            emojis::iter().map(|emoji| (emoji.unicode_version().major(), emoji.unicode_version().minor())).max();
        assert_eq!(newest.map(|(major, minor)| format!("{major}.{minor}")).as_deref(), Some(UNICODE_VERSION));
        assert!(n_keys() > 3900 && n_keys() < usize::from(NO_KEY));
    }

    #[test]
    fn what_goes_on_a_sequence_begins_with_the_bytes_that_are_looked_for() {
        for character in all().iter().flat_map(|emoji| emoji.chars().skip(1)).filter(|c| *c != '\u{20E3}') {
            let first = character.encode_utf8(&mut [0; 4]).as_bytes()[0];
            assert!(matches!(first, 0xE2 | 0xEF | 0xF0 | 0xF3), "{character:?}");
        }
    }

    #[test]
    fn every_emoji_character_of_unicode_counts_but_the_named_exceptions() {
        let class = regex_automata::meta::Regex::new("^\\p{Emoji}$").unwrap();
        for c in '\0'..=char::MAX {
            let mut buffer = [0; 4];
            let text = c.encode_utf8(&mut buffer);
            let excepted = c.is_ascii() || ('\u{1F1E6}'..='\u{1F1FF}').contains(&c);
            // regex's Unicode may be older than the table's: what it knows must be found.
            if class.is_match(&*text) {
                assert_eq!(found(text.as_bytes()).len(), usize::from(!excepted), "{c} {:X}", c as u32);
            }
        }
    }

    /// Pieces that make and break sequences.
    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let whole = (0..all().len()).prop_map(|n| all()[n].as_bytes().to_vec());
        let stripped = (0..all().len()).prop_map(|n| all()[n].replace('\u{FE0F}', "").into_bytes());
        let fragment = (0..all().len(), any::<prop::sample::Index>()).prop_map(|(n, at)| {
            let characters: Vec<char> = all()[n].chars().collect();
            characters[..=at.index(characters.len())].iter().collect::<String>().into_bytes()
        });
        let bits = prop::sample::select(vec![
            "\u{FE0F}", "\u{200D}", "\u{20E3}", "🏽", "🇮", "🇳", "1", "#", "a", "é", "’", "न", "❤", "👩", "♂", "©",
            "\u{A0}",
        ]);
        prop_oneof![
            whole,
            stripped,
            fragment,
            bits.prop_map(|s| s.as_bytes().to_vec()),
            prop::collection::vec(any::<u8>(), 1..3)
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn any_text_has_the_emojis_that_trying_every_length_finds(pieces in prop::collection::vec(pieces(), 0..12)) {
            let text = pieces.concat();
            prop_assert_eq!(found(&text), oracle(&text), "{:?}", String::from_utf8_lossy(&text));
            let entries = (0..text.len()).filter(|&place| ENTRIES.contains(&text[place]));
            let (mut plain, mut entered) = (Vec::new(), Vec::new());
            for_each(&text, |number| plain.push(number));
            for_each_at(&text, entries, 0, |number| entered.push(number));
            prop_assert_eq!(entered, plain, "{:?}", String::from_utf8_lossy(&text));
        }
    }
}

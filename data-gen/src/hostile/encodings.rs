//! Bytes that are no text, or no plain text: NUL, invalid UTF-8, UTF-16, marks, escapes; and emojis and mentions at their limits.

use super::Maker;
use super::draft::Draft;
use crate::random::Random;

/// The makers, in the order of the manifest; new ones go to the end.
pub(crate) const MAKERS: &[Maker] = &[
    nul_bytes,
    invalid_utf8,
    every_byte,
    byte_order_mark,
    byte_order_mark_and_quotes,
    utf16_little,
    utf16_big,
    utf16_unmarked,
    terminal_escapes,
    null_texts,
    odd_emojis,
    odd_mentions,
];

fn nul_bytes(random: &mut Random) -> Draft {
    let mut draft = Draft::new("nul-bytes.csv", "NUL bytes in contents and in a user name");
    for _ in 0..2_000 {
        draft.row(random.choose(&["ann", "a\0n", "\0"]), b"a\0b\0\0");
    }
    draft
}

fn invalid_utf8(random: &mut Random) -> Draft {
    let mut draft =
        Draft::new("invalid-utf8.csv", "emojis cut short before the delimiter, overlong forms, surrogates, Latin-1");
    let texts: [&[u8]; 7] = [
        b"\xf0\x9f\x98",
        b"\xf0",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"caf\xe9",
        b"\xff\xfe\xff",
        b"\x80\x80\xf0\x9f\x98\x82",
    ];
    for _ in 0..5_000 {
        draft.row("ann", random.choose(&texts));
    }
    draft
}

fn every_byte(_: &mut Random) -> Draft {
    let mut draft =
        Draft::new("every-byte.csv", "each of the 256 bytes as a content, and each pair of a byte with a quote");
    for byte in 0..=u8::MAX {
        draft.row("ann", &[byte]);
        draft.row("ann", &[byte, b'"']);
        draft.row("ann", &[b'"', byte]);
    }
    draft
}

fn byte_order_mark(random: &mut Random) -> Draft {
    let mut draft = Draft::empty("bom.csv", "a UTF-8 mark before the header; a second one is part of a text");
    draft.raw(b"\xef\xbb\xbfid,username,content,date\n");
    draft.row("ann", b"\xef\xbb\xbf");
    draft.harmless(100, random);
    draft
}

fn byte_order_mark_and_quotes(random: &mut Random) -> Draft {
    let mut draft = Draft::empty("bom-quoted-header.csv", "a UTF-8 mark before a quoted header, as Excel writes it");
    draft.raw(b"\xef\xbb\xbf\"username\",\"id\",\"content\",\"date\"\r\n");
    for number in 0..100 {
        let name = random.choose(&["ann", "bob"]);
        draft.raw_row(name, format!("\"{name}\",{number},\"x\",2021-02-24\r\n").as_bytes());
    }
    draft
}

fn utf16_little(_: &mut Random) -> Draft {
    utf16("utf16-little.csv", "UTF-16, little-endian, with its mark", u16::to_le_bytes, "\u{feff}")
}

fn utf16_big(_: &mut Random) -> Draft {
    utf16("utf16-big.csv", "UTF-16, big-endian, with its mark", u16::to_be_bytes, "\u{feff}")
}

fn utf16_unmarked(_: &mut Random) -> Draft {
    utf16("utf16-unmarked.csv", "UTF-16, little-endian, told by its NUL bytes alone", u16::to_le_bytes, "")
}

fn utf16(file: &'static str, about: &'static str, bytes_of: fn(u16) -> [u8; 2], mark: &str) -> Draft {
    let mut draft = Draft::empty(file, about);
    let text = format!("{mark}id,username,content,date\n1,mallory,a,2021-02-24\n");
    draft.raw(&text.encode_utf16().flat_map(bytes_of).collect::<Vec<u8>>());
    draft.refused("UTF-16");
    draft
}

fn terminal_escapes(random: &mut Random) -> Draft {
    let mut draft =
        Draft::new("terminal-escapes.csv", "user names that clear the screen, ring the bell or write backwards");
    for _ in 0..100 {
        draft.row(
            random.choose(&["\u{1b}[2J\u{1b}[31mred", "\u{7}bell", "\u{202e}backwards", "a\u{8}b", "\u{9b}31m"]),
            b"x",
        );
    }
    draft
}

fn null_texts(random: &mut Random) -> Draft {
    let mut draft = Draft::new(
        "null-texts.csv",
        "NULL, \\N, NA, blanks: texts all of them; only an empty field is NULL, quoted or not",
    );
    for number in 0..2_000 {
        match random.choose(&["NULL", "null", "\\N", "NA", "NaN", " ", "-", "0", "\"\"", ""]) {
            "\"\"" => draft.raw_row("", format!("{number},\"\",x,2021-02-24\n").as_bytes()),
            name => draft.row(name, b"x"),
        }
    }
    draft
}

fn odd_emojis(_: &mut Random) -> Draft {
    let mut draft = Draft::new("odd-emojis.csv", "emojis that touch, lack parts, or only look like emojis");
    for text in [
        "🇮🇳🇮🇳",                                     // two flags
        "🇮 🇺🇸🇮",                                    // one flag between lone indicators
        "🇳🇺🇸🇮",                                     // Niue and Slovenia, not the United States
        "❤️❤",                                      // one key
        "🤦\u{200d}♂️🤦\u{200d}♂",                  // one key, qualified
        "👍🏽👍🏽🏽",                                   // twice, then a stray tone
        "1️⃣1\u{20e3}1\u{fe0f}1#*",                  // a keycap twice, then nothing
        "👨\u{200d}👩\u{200d}👧\u{200d}👦\u{200d}", // a family, a joiner left over
        "👩\u{200d}x",                              // a woman
        "\u{fe0f}\u{200d}\u{20e3}",                 // nothing
        "©®™‼ℹ↔",
        "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "🏴\u{e0067}\u{e0062}\u{e007f}", // a black flag, tags of no region
    ] {
        draft.row("ann", text.as_bytes());
    }
    draft.emojis = vec![
        ("©", 1),
        ("®", 1),
        ("‼", 1),
        ("™", 1),
        ("ℹ", 1),
        ("↔", 1),
        ("1\u{fe0f}\u{20e3}", 2),
        ("❤", 2),
        ("🇮🇳", 2),
        ("🇳🇺", 1),
        ("🇸🇮", 1),
        ("🇺🇸", 1),
        ("🏴", 1),
        ("🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", 1),
        ("🏽", 1),
        ("👍🏽", 2),
        ("👨\u{200d}👩\u{200d}👧\u{200d}👦", 1),
        ("👩", 1),
        ("🤦\u{200d}♂\u{fe0f}", 2),
    ];
    draft
}

fn odd_mentions(_: &mut Random) -> Draft {
    let mut draft = Draft::new(
        "odd-mentions.csv",
        "mentions at line ends, in addresses, next to other scripts, and signs without a name",
    );
    for text in [
        "@ann",
        "@ann@bob",
        "@@ann",
        "me@example.com",
        "@Ann @ANN",
        "@",
        "a @ b",
        "@ann\n@bob",
        "@किसान",
        "@annकिसान",
        "@a_1-b",
        "(@ann)",
        "@\u{ff41}nn",
    ] {
        draft.row("ann", text.as_bytes());
    }
    draft.mentions = vec![("ANN", 1), ("Ann", 1), ("a_1", 1), ("ann", 6), ("bob", 2), ("example", 1)];
    draft
}

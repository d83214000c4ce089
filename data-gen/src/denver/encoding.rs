//! Text in, its bytes in one of the encodings that such files come in out.

use clap::ValueEnum;

/// How text is spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Encoding {
    /// Without a byte order mark
    #[value(name = "utf-8")]
    Utf8,
    /// With one
    #[value(name = "utf-8-bom")]
    Utf8Bom,
    /// What it cannot spell is left out of the text
    #[value(name = "iso-8859-1")]
    Latin1,
    /// With dashes and quotes that iso-8859-1 does not have
    #[value(name = "windows-1252")]
    Windows1252,
}

impl Encoding {
    /// What a file begins with.
    pub(super) fn mark(self) -> &'static [u8] {
        if self == Encoding::Utf8Bom { "\u{feff}".as_bytes() } else { b"" }
    }

    /// Appends `text`.
    pub(super) fn spell(self, out: &mut Vec<u8>, text: &str) {
        if matches!(self, Encoding::Utf8 | Encoding::Utf8Bom) || text.is_ascii() {
            return out.extend_from_slice(text.as_bytes());
        }
        out.extend(text.chars().filter_map(|c| self.byte(c)));
    }

    /// What of `text` it can spell.
    pub(super) fn spellable(self, text: &str) -> String {
        let is_unicode = matches!(self, Encoding::Utf8 | Encoding::Utf8Bom);
        text.chars().filter(|&c| is_unicode || self.byte(c).is_some()).collect()
    }

    /// The byte of a character, in the encodings that have one for each.
    fn byte(self, c: char) -> Option<u8> {
        let high = if self == Encoding::Windows1252 { WINDOWS.as_slice() } else { &[] };
        let latin = u8::try_from(u32::from(c)).ok();
        latin.or_else(|| high.iter().find(|(known, _)| *known == c).map(|&(_, byte)| byte))
    }
}

/// Those of the texts here that stand between 0x80 and 0x9F, where iso-8859-1 has controls.
const WINDOWS: [(char, u8); 4] = [('€', 0x80), ('’', 0x92), ('–', 0x96), ('™', 0x99)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_spelt_by_their_encoding() {
        for (encoding, expected) in [
            (Encoding::Utf8, "Peña’s – é".as_bytes()),
            (Encoding::Utf8Bom, "Peña’s – é".as_bytes()),
            (Encoding::Latin1, b"Pe\xf1as  \xe9"),
            (Encoding::Windows1252, b"Pe\xf1a\x92s \x96 \xe9"),
        ] {
            let mut out = Vec::new();
            encoding.spell(&mut out, "Peña’s – é");
            assert_eq!(out, expected, "{encoding:?}");
        }
    }
}

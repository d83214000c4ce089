//! How a text spells its characters, by name: where it is read, and where it is written. In between it is UTF-8.

use std::fmt;
use std::str::FromStr;

/// How a file spells its characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark; written, without. Its bytes pass as they are; what they say is checked where it matters.
    #[default]
    Utf8,
    /// ISO-8859-1, a byte a character: its number.
    Iso8859_1,
    /// Windows-1252; as the WHATWG has it, its five unused bytes are control characters.
    Windows1252,
    /// UTF-16 with a byte-order mark; written, the low byte first.
    Utf16,
    /// UTF-16, the low byte first, with or without a mark; written, without.
    Utf16Le,
    /// UTF-16, the high byte first, with or without a mark; written, without.
    Utf16Be,
}

impl Encoding {
    /// Every one, by name.
    pub const ALL: [Encoding; 6] = [
        Encoding::Utf8,
        Encoding::Iso8859_1,
        Encoding::Windows1252,
        Encoding::Utf16,
        Encoding::Utf16Le,
        Encoding::Utf16Be,
    ];

    /// As it is typed and shown.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Iso8859_1 => "iso-8859-1",
            Encoding::Windows1252 => "windows-1252",
            Encoding::Utf16 => "utf-16",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// By its name or a usual other one, in any case: `latin1`, `cp1252`, `UTF8`.
impl FromStr for Encoding {
    type Err = String;

    fn from_str(name: &str) -> Result<Encoding, String> {
        let folded = name.to_ascii_lowercase().replace('_', "-");
        let other = match folded.as_str() {
            "utf8" => Some(Encoding::Utf8),
            "latin1" | "latin-1" | "iso8859-1" => Some(Encoding::Iso8859_1),
            "cp1252" => Some(Encoding::Windows1252),
            "utf16" => Some(Encoding::Utf16),
            "utf-16-le" => Some(Encoding::Utf16Le),
            "utf-16-be" => Some(Encoding::Utf16Be),
            _ => Encoding::ALL.into_iter().find(|encoding| encoding.name() == folded),
        };
        other.ok_or_else(|| format!("one of {}", Encoding::ALL.map(Encoding::name).join(", ")))
    }
}

//! Text in, true or false out, or the knowledge that it is neither.

/// What `text` says, in the spellings that PostgreSQL and DuckDB share, in any case: `true t yes y 1`, `false f no n 0`.
pub fn parse(text: &[u8]) -> Option<bool> {
    let among = |words: [&str; 5]| words.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()));
    match () {
        () if among(["true", "t", "yes", "y", "1"]) => Some(true),
        () if among(["false", "f", "no", "n", "0"]) => Some(false),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_boolean_is_spelt_as_both_databases_spell_it() {
        for (text, expected) in [
            ("true", Some(true)),
            ("F", Some(false)),
            ("Yes", Some(true)),
            ("0", Some(false)),
            ("on", None),
            ("2", None),
            ("", None),
        ] {
            assert_eq!(parse(text.as_bytes()), expected, "{text}");
        }
    }
}

//! Regular expressions: a pattern out of the question, searched in the bytes of values.
//!
//! The syntax is that of the `regex` crate, which is RE2's but for corners; characters are Unicode's. Text need not be UTF-8:
//! what is not simply matches nothing but `(?-u:…)`. Time is linear in the text whatever the pattern; memory is bounded: a
//! pattern's program by [`PROGRAM_BYTES`], what a search may cache a thread by twice [`CACHE_BYTES`].

use std::ops::Range;

use regex_automata::PatternID;
use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::util::{captures::Captures, syntax};

use super::functions::constant_whole;
use super::{Misuse, Typed};
use crate::error::quoted;

/// The largest compiled program.
const PROGRAM_BYTES: usize = 1 << 20;
/// The largest cache of states a direction of a search.
const CACHE_BYTES: usize = 1 << 20;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    regex: Regex,
}

/// A group of a pattern: 0 is the whole match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group(usize);

impl Pattern {
    pub(super) fn new(pattern: &[u8]) -> Result<Pattern, Misuse> {
        let text = std::str::from_utf8(pattern).map_err(|_| {
            Misuse::new(format!("pattern {} is no UTF-8", quoted(pattern)), "write bytes as (?-u:\\xFF)")
        })?;
        let config = Config::new()
            .utf8_empty(true)
            .nfa_size_limit(Some(PROGRAM_BYTES))
            .onepass_size_limit(Some(PROGRAM_BYTES / 4))
            .hybrid_cache_capacity(CACHE_BYTES);
        let syntax = syntax::Config::new().utf8(false).nest_limit(100);
        match Regex::builder().configure(config).syntax(syntax).build(text) {
            Ok(regex) => Ok(Pattern { regex }),
            Err(error) => Err(refused(pattern, &error)),
        }
    }

    /// The group that `arg` names by number or, if the pattern gives it one, by name.
    pub(super) fn group(&self, arg: Option<Typed>) -> Result<Group, Misuse> {
        let Some(arg) = arg else { return Ok(Group(0)) };
        let info = self.regex.group_info();
        let missing = |name: &str| Misuse::new(format!("the pattern has no group {name}"), "put what is wanted in (…)");
        if let Some(name) = arg.as_literal().and_then(|name| std::str::from_utf8(name).ok())
            && name.parse::<u32>().is_err()
        {
            let index = info.to_index(PatternID::ZERO, name);
            return index.map(Group).ok_or_else(|| missing(&quoted(name.as_bytes())));
        }
        let number = constant_whole(arg, "the group")?;
        let group = usize::try_from(number).ok().filter(|&group| group < info.group_len(PatternID::ZERO));
        group.map(Group).ok_or_else(|| missing(&number.to_string()))
    }

    /// How many groups there are, the whole match counted.
    pub(super) fn n_groups(&self) -> usize {
        self.regex.group_info().group_len(PatternID::ZERO)
    }

    /// Calls `each` with every match in `text`, left to right, until it says `false`.
    pub(super) fn captures(&self, text: &[u8], mut each: impl FnMut(&Captures) -> bool) {
        for captures in self.regex.captures_iter(text) {
            if !each(&captures) {
                return;
            }
        }
    }

    #[inline]
    pub(super) fn is_match(&self, text: &[u8]) -> bool {
        self.regex.is_match(text)
    }

    /// What `group` matched in the first match in `text`, if there is one and it took part.
    ///
    /// `scratch` is [`Pattern::scratch`]'s, one for a batch.
    #[inline]
    pub(super) fn first(&self, text: &[u8], group: Group, scratch: &mut Captures) -> Option<Range<usize>> {
        if group == Group(0) {
            return self.regex.find(text).map(|found| found.range());
        }
        self.regex.captures(text, scratch);
        scratch.get_group(group.0).map(|span| span.range())
    }

    /// Room for the groups of a match.
    pub(super) fn scratch(&self) -> Captures {
        self.regex.create_captures()
    }

    /// Calls `each` with what `group` matched in every match in `text`, left to right.
    #[inline]
    pub(super) fn each(&self, text: &[u8], group: Group, mut each: impl FnMut(Option<Range<usize>>)) {
        if group == Group(0) {
            return self.regex.find_iter(text).for_each(|found| each(Some(found.range())));
        }
        let matches = self.regex.captures_iter(text);
        matches.for_each(|found| each(found.get_group(group.0).map(|span| span.range())));
    }
}

fn refused(pattern: &[u8], error: &BuildError) -> Misuse {
    if let Some(limit) = error.size_limit() {
        return Misuse::new(
            format!(
                "pattern {} is too large: its program passes {}",
                quoted(pattern),
                crate::error::size(limit as u64)
            ),
            "repeat less, or use (?-u) where ASCII will do",
        );
    }
    // The syntax error is told over several lines with a caret; its last line says what it is.
    let told = error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string);
    let reason = told.lines().last().unwrap_or(&told).trim_start_matches("error: ").to_owned();
    Misuse::new(format!("pattern {} does not parse: {reason}", quoted(pattern)), "")
}

//! JSON values in, one behind the other or in one array, the same values out, one a line: so that who reads lines reads values.
//!
//! Happens in place: a line end within a value becomes a blank, and of what stands between two values one byte becomes a line end. Where
//! nothing stands there, a byte is put in. Sees strings, brackets and commas only; whether a value is right is for its reader to say.

use memchr::{memchr_iter, memchr2, memchr2_iter};

use crate::readers::compressed::Fault;

/// What stands in the bytes seen last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing, or blanks.
    Between,
    /// An object or array, so deep.
    Nested(u32),
    /// A string in it.
    Text(u32),
    /// A backslash in that.
    Escape(u32),
    /// A number or a word, which ends with what follows it.
    Bare,
}

/// What may come next at the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Top {
    /// Any value, or an array of values.
    Any,
    /// The first value of an array, or its end.
    First,
    /// A comma, or the array's end.
    Comma,
    /// The value behind a comma.
    Value,
}

/// A text of values, being put on lines.
#[derive(Debug)]
pub(crate) struct Values {
    state: State,
    top: Top,
    /// A value ended, and no line end stands behind it yet.
    is_owed: bool,
    /// Bytes seen.
    at: u64,
    /// What is wrong between two values.
    fault: Option<Fault>,
}

impl Values {
    /// Nothing seen yet of a text that begins `at` bytes into its file.
    pub(crate) fn new(at: u64) -> Values {
        Values { state: State::Between, top: Top::Any, is_owed: false, at, fault: None }
    }

    /// Puts the bytes from `from` on lines, which come next in the text; what follows a fault is cut off.
    pub(crate) fn lines(&mut self, bytes: &mut Vec<u8>, from: usize) {
        let (mut i, mut gaps) = (from, Vec::new());
        while i < bytes.len() && self.fault.is_none() {
            match self.state {
                State::Between => self.between(bytes, &mut i, &mut gaps),
                State::Nested(depth) => self.nested(bytes, &mut i, depth),
                State::Text(depth) => self.text(bytes, &mut i, depth),
                State::Escape(depth) => {
                    self.state = State::Text(depth);
                    i += 1;
                }
                State::Bare if b" \t\r\n,]}{[\"".contains(&bytes[i]) => self.end(),
                State::Bare => i += 1,
            }
        }
        self.at += (i - from) as u64;
        if let Some(Fault::Bad { at, .. }) = &mut self.fault {
            *at = self.at;
            bytes.truncate(i);
        }
        put_in(bytes, &gaps);
    }

    /// Whether something is wrong between the values seen, or with their end if it is that.
    pub(crate) fn has_fault(&mut self, is_end: bool) -> bool {
        if is_end && self.fault.is_none() && self.state == State::Between && self.top != Top::Any {
            self.wrong("the array has no end: get the whole file");
        }
        self.fault.is_some()
    }

    /// What that is.
    pub(crate) fn fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    /// A byte at the top, where no value is.
    fn between(&mut self, bytes: &mut [u8], i: &mut usize, gaps: &mut Vec<usize>) {
        let is_value = match (bytes[*i], self.top) {
            (b' ' | b'\t' | b'\r' | b'\n', _) => false,
            (b',', Top::Comma) => {
                self.top = Top::Value;
                false
            }
            (b']', Top::Comma | Top::First) => {
                self.top = Top::Any;
                false
            }
            (b'[', Top::Any) => {
                self.top = Top::First;
                false
            }
            (b',' | b']', _) => return self.wrong("a value is missing before this"),
            (_, Top::Comma) => return self.wrong("a comma is missing before this"),
            _ => true,
        };
        let owed = std::mem::take(&mut self.is_owed);
        if !is_value {
            bytes[*i] = if owed { b'\n' } else { b' ' };
            *i += 1;
            return;
        }
        if owed {
            gaps.push(*i);
        }
        self.state = match bytes[*i] {
            b'{' | b'[' => State::Nested(1),
            b'"' => State::Text(0),
            _ => State::Bare,
        };
        *i += 1;
    }

    /// Up to the next string, or the value's end.
    fn nested(&mut self, bytes: &mut [u8], i: &mut usize, mut depth: u32) {
        while let Some(byte) = bytes.get_mut(*i) {
            *i += 1;
            match *byte {
                b'"' => {
                    self.state = State::Text(depth);
                    return;
                }
                b'{' | b'[' => depth = depth.saturating_add(1),
                b'}' | b']' if depth == 1 => return self.end(),
                b'}' | b']' => depth -= 1,
                b'\n' | b'\r' => *byte = b' ',
                _ => {}
            }
        }
        self.state = State::Nested(depth);
    }

    /// Up to the next backslash, or the string's end. A line end is none of a string's; it stays wrong, and on its line.
    fn text(&mut self, bytes: &mut [u8], i: &mut usize, depth: u32) {
        let found = memchr2(b'"', b'\\', &bytes[*i..]);
        let end = found.map_or(bytes.len(), |found| *i + found);
        let ends: Vec<usize> = memchr2_iter(b'\n', b'\r', &bytes[*i..end]).collect();
        ends.into_iter().for_each(|end| bytes[*i + end] = b'\x01');
        *i = end + usize::from(found.is_some());
        match found.map(|_| bytes[end]) {
            None => {}
            Some(b'\\') => self.state = State::Escape(depth),
            Some(_) if depth == 0 => self.end(),
            Some(_) => self.state = State::Nested(depth),
        }
    }

    /// A value ended.
    fn end(&mut self) {
        (self.state, self.is_owed) = (State::Between, true);
        if self.top != Top::Any {
            self.top = Top::Comma;
        }
    }

    fn wrong(&mut self, what: &str) {
        self.fault = Some(Fault::Bad { at: self.at, what: what.to_owned() });
    }
}

/// Puts a line end before each of the ascending places `gaps`.
fn put_in(bytes: &mut Vec<u8>, gaps: &[usize]) {
    let mut end = bytes.len();
    bytes.resize(end + gaps.len(), b'\n');
    for (more, &gap) in gaps.iter().enumerate().rev() {
        bytes.copy_within(gap..end, gap + more + 1);
        bytes[gap + more] = b'\n';
        end = gap;
    }
}

/// Whether the text that begins with `sample` has a value a line, as far as that shows it: most lines that are there to the end hold one whole object.
pub(crate) fn are_lines(sample: &[u8], is_all: bool) -> bool {
    let Some(first) = sample.trim_ascii_start().first() else { return true };
    if *first != b'{' {
        // An array is none; of what is neither, each line is wrong.
        return *first != b'[';
    }
    let end = if is_all { sample.len() } else { memchr_iter(b'\n', sample).next_back().unwrap_or(0) };
    let lines = sample[..end].split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let (whole, all) = lines.fold((0, 0), |(whole, all), line| (whole + usize::from(is_object(line)), all + 1));
    2 * whole > all
}

/// Whether `line` is one object from its first byte to its last.
fn is_object(line: &[u8]) -> bool {
    let (mut values, mut copy) = (Values::new(0), line.to_vec());
    values.lines(&mut copy, 0);
    line[0] == b'{' && values.is_owed && copy.len() == line.len() && !copy.contains(&b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `text` becomes, read in pieces of every size; the fault, if there is one.
    #[track_caller]
    fn check(text: &str, expected: &[&str], fault: Option<&str>) {
        for size in 1..=text.len().max(1) {
            let (mut values, mut lines) = (Values::new(0), Vec::new());
            for piece in text.as_bytes().chunks(size) {
                let from = lines.len();
                lines.extend_from_slice(piece);
                values.lines(&mut lines, from);
                if values.has_fault(false) {
                    break;
                }
            }
            values.has_fault(true);
            let found = values.fault().map(|fault| fault.to_string());
            let lines = String::from_utf8(lines).expect("UTF-8");
            let lines: Vec<&str> = lines.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect();
            assert_eq!((lines, found.as_deref()), (expected.to_vec(), fault), "{text} in pieces of {size}");
        }
    }

    #[test]
    fn values_come_to_lie_on_lines() {
        check("[]", &[], None);
        check(" [ ] \n", &[], None);
        check("[{\"a\":1},\n{\"b\":[2,\n{}]}]\n", &["{\"a\":1}", "{\"b\":[2, {}]}"], None);
        check("{\"a\":1}{\"b\":2}\n{\n}", &["{\"a\":1}", "{\"b\":2}", "{ }"], None);
        check("[1,\"a]\\\"b\",null]", &["1", "\"a]\\\"b\"", "null"], None);
        check("[{}][{}]", &["{}", "{}"], None);
        check("{\"a\":\"}{\\\\\"}{\"b\":\"\\u007d\"}", &["{\"a\":\"}{\\\\\"}", "{\"b\":\"\\u007d\"}"], None);
        check("1 2\"c\"{}", &["1", "2", "\"c\"", "{}"], None);
        check("{\"a\":\"b\nc\"}{}", &["{\"a\":\"b\u{1}c\"}", "{}"], None);
    }

    #[test]
    fn what_is_wrong_between_values_is_told_behind_those_before() {
        check("[{} {}]", &["{}"], Some("byte 4: a comma is missing before this"));
        check("[{},,{}]", &["{}"], Some("byte 4: a value is missing before this"));
        check("[,{}]", &[], Some("byte 1: a value is missing before this"));
        check("[{},]", &["{}"], Some("byte 4: a value is missing before this"));
        check("{}]", &["{}"], Some("byte 2: a value is missing before this"));
        check("[{}", &["{}"], Some("byte 3: the array has no end: get the whole file"));
    }

    #[test]
    fn lines_are_told_from_other_texts() {
        for (sample, is_all, expected) in [
            ("{\"a\":1}\n{\"a\":2}\n", true, true),
            ("{\"a\":1}\r\n\r\n{\"a\":2}", true, true),
            ("{\"a\":1}\n{\"a\":", false, true),
            ("{\"a\":tru\n{\"a\":1}\n{\"a\":1}\n", true, true),
            ("{\n  \"a\": [\n    {}\n  ]\n}\n", true, false),
            ("{\"a\":1}{\"a\":2}\n{\"a\":1} {\"a\":2}\n", true, false),
            ("[{\"a\":1},\n{\"a\":2}]", true, false),
            ("{\"a\":1", false, false),
            ("", true, true),
        ] {
            assert_eq!(are_lines(sample.as_bytes(), is_all), expected, "{sample}");
        }
    }
}

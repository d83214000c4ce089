//! Records that end, or do not, where a reader thinks; and records of the wrong length.

use super::Maker;
use super::draft::Draft;
use crate::random::Random;

/// The makers, in the order of the manifest; new ones go to the end.
pub(crate) const MAKERS: &[Maker] = &[
    cr,
    crlf,
    mixed,
    crcrlf,
    no_line_ends,
    blank_lines,
    no_final_line_end,
    one_column,
    ragged_short,
    ragged_long,
    other_delimiter,
    duplicate_columns,
];

fn cr(random: &mut Random) -> Draft {
    let mut draft = Draft::empty("cr.csv", "lines end in CR alone");
    draft.raw(b"id,username,content,date\r");
    for _ in 0..5_000 {
        draft.row_ending(random.choose(&["ann", "bob"]), b"a\r1,mallory,b,c\rd", b"\r");
    }
    draft
}

fn crlf(random: &mut Random) -> Draft {
    let mut draft = Draft::empty("crlf.csv", "lines end in CR LF, in quotes too; no CR is part of a date");
    draft.raw(b"id,username,content,date\r\n");
    for _ in 0..20_000 {
        draft.row_ending(random.choose(&["ann", "bob"]), b"a\r\n1,mallory,b,c\r\nd", b"\r\n");
    }
    draft
}

fn mixed(random: &mut Random) -> Draft {
    let mut draft = Draft::new("mixed-line-ends.csv", "LF, CR and CR LF in turn, between rows and inside quotes");
    for _ in 0..20_000 {
        let text = random.choose(&["a\nb", "a\rb", "a\r\nb", "\r", "\n", "\n\r", "plain"]);
        let end = random.choose(&["\n", "\r", "\r\n"]);
        draft.row_ending(random.choose(&["ann", "bob"]), text.as_bytes(), end.as_bytes());
    }
    draft
}

fn crcrlf(_: &mut Random) -> Draft {
    let mut draft = Draft::new("cr-cr-lf.csv", "a file sent through a text mode twice: lines end in CR CR LF");
    for _ in 0..2_000 {
        draft.row_ending("ann", b"twice", b"\r\r\n");
        draft.empty_lines += 1;
    }
    draft
}

/// Only CR, LF and CR LF end a record.
fn no_line_ends(random: &mut Random) -> Draft {
    let mut draft = Draft::new(
        "no-line-ends.csv",
        "what Unicode or Python calls a line end and CSV does not: VT, FF, FS, GS, RS, NEL, LS, PS",
    );
    for _ in 0..2_000 {
        let end =
            random.choose(&["\u{b}", "\u{c}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{85}", "\u{2028}", "\u{2029}", "\\n"]);
        draft.row("bob", format!("a{end}1{end}b").as_bytes());
    }
    draft
}

fn blank_lines(random: &mut Random) -> Draft {
    let mut draft = Draft::empty(
        "blank-lines.csv",
        "empty lines before the header, between rows and at the end; lines of blanks only are ragged and not here",
    );
    draft.raw(b"\n\r\n\nid,username,content,date\n");
    for _ in 0..5_000 {
        draft.harmless(1, random);
        for _ in 0..random.below(4) {
            draft.raw(random.choose(&["\n", "\r\n"]).as_bytes());
            draft.empty_lines += 1;
        }
    }
    draft
}

fn no_final_line_end(random: &mut Random) -> Draft {
    let mut draft = Draft::new("no-final-line-end.csv", "the last row ends with the file, in a quoted field");
    draft.harmless(100, random);
    draft.row_ending("zoë", b"last", b"");
    let start = draft.bytes.len() - b"2021-02-24".len();
    draft.bytes.insert(start, b'"');
    draft.bytes.push(b'"');
    draft
}

/// An empty line is no row; a row of one empty field is written `""`.
fn one_column(random: &mut Random) -> Draft {
    let mut draft =
        Draft::empty("one-column.csv", "one column, empty lines among the rows, and \"\" for an empty field");
    draft.raw(b"username\n");
    for _ in 0..10_000 {
        match random.below(5) {
            0 => {
                draft.raw(b"\n");
                draft.empty_lines += 1;
            }
            1 => draft.raw_row("", b"\"\"\n"),
            2 => draft.raw_row("ann", b"\"ann\"\n"),
            _ => draft.raw_row("ann", b"ann\n"),
        }
    }
    draft
}

fn ragged_short(random: &mut Random) -> Draft {
    let mut draft = Draft::new("ragged-short.csv", "one row of three fields, another of one, late in the file");
    draft.harmless(20_000, random);
    draft.refused_here("expected 4 fields, found 3");
    draft.raw(b"1,mallory,short\n");
    draft.raw(b"mallory\n");
    draft
}

fn ragged_long(random: &mut Random) -> Draft {
    let mut draft =
        Draft::new("ragged-long.csv", "one row of five fields, then one of three: together as many as two rows have");
    draft.harmless(5_000, random);
    draft.refused_here("expected 4 fields, found 5");
    draft.raw(b"1,mallory,long,2021-02-24,\n2,mallory,short\n3,mallory,right,2021-02-24\n");
    draft
}

fn other_delimiter(_: &mut Random) -> Draft {
    let mut draft = Draft::empty("semicolons.csv", "semicolons between the fields, commas in most of them");
    draft.delimiter = b';';
    draft.raw(b"id;username;content;date\n");
    for _ in 0..2_000 {
        draft.row("ann", b"one, two, three, four, five");
    }
    draft
}

fn duplicate_columns(random: &mut Random) -> Draft {
    let mut draft = Draft::empty("duplicate-columns.csv", "two columns are called username");
    draft.raw(b"id,username,username,date\n");
    draft.harmless(10, random);
    draft.without_username("two columns are called username");
    draft
}

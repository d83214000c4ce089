//! Quotes where a reader does not expect them: the files that tell a reader that guesses from one that knows.

use super::Maker;
use super::draft::Draft;
use crate::random::Random;

/// The makers, in the order of the manifest; new ones go to the end.
pub(crate) const MAKERS: &[Maker] = &[
    text_like_rows,
    text_like_quoted_rows,
    inverted_quotes,
    quotes_in_unquoted_fields,
    text_after_the_closing_quote,
    doubled_quotes,
    quote_that_never_closes,
    quote_as_last_byte,
    everything_quoted,
];

/// Fields of up to 3 MiB: several chunks of any reader lie within one.
fn text_like_rows(random: &mut Random) -> Draft {
    let mut draft = Draft::new("text-like-rows.csv", "quoted texts whose lines are rows like those of the file");
    for n_lines in [3, 300, 30_000, 80_000] {
        draft.harmless(200, random);
        let mut text = Vec::new();
        for line in 0..n_lines {
            text.extend_from_slice(format!("{},mallory,not a row,2021-02-24\n", line + 1).as_bytes());
        }
        draft.row("ann", &text);
    }
    draft.harmless(200, random);
    draft
}

/// To a reader that begins within the field and takes itself to be outside of it, all is well formed.
fn text_like_quoted_rows(random: &mut Random) -> Draft {
    let mut draft = Draft::new(
        "text-like-quoted-rows.csv",
        "the same, with quoted fields in the text, so that quotes are even on every line",
    );
    for n_lines in [3, 300, 30_000, 60_000] {
        draft.harmless(200, random);
        let mut text = Vec::new();
        for line in 0..n_lines {
            text.extend_from_slice(format!("{},mallory,\"not, a row\",2021-02-24\n", line + 1).as_bytes());
        }
        draft.row("bob", &text);
    }
    draft.harmless(200, random);
    draft
}

/// Each row is two lines, each line of the shape of the other: begun at any second line, as many rows, of four fields, are found.
fn inverted_quotes(random: &mut Random) -> Draft {
    let mut draft = Draft::new("inverted-quotes.csv", "rows that look as regular with inside and outside exchanged");
    draft.harmless(10, random);
    for number in 0..40_000 {
        let row = format!("{number},ann,\",2021-02-24\n{number},mallory,\",2021-02-24\n");
        draft.raw_row("ann", row.as_bytes());
    }
    draft.harmless(10, random);
    draft
}

/// A quote that does not open its field is a character like any other; counting quotes goes wrong at the first.
fn quotes_in_unquoted_fields(random: &mut Random) -> Draft {
    let mut draft =
        Draft::new("quotes-in-unquoted-fields.csv", "5\" disks: odd quotes inside fields that are not quoted");
    for number in 0..60_000 {
        let text = random.choose(&[
            "a 5\" disk",
            "say \"hi\" now",
            "x\"",
            "a\"\"b",
            " \"blank first\"",
            "\t\"tab first\"",
            "plain",
        ]);
        let row = format!("{number},carol,{text},2021-02-24\n");
        draft.raw_row("carol", row.as_bytes());
        if random.one_in(16) {
            draft.row("ann", b"then a line\n1,mallory,in quotes,2021-02-24\nafter it");
        }
    }
    draft
}

/// As the csv crate reads it: what follows belongs to the field, up to the delimiter.
fn text_after_the_closing_quote(random: &mut Random) -> Draft {
    let mut draft = Draft::new("text-after-closing-quote.csv", "\"a\"b is ab: text goes on behind the closing quote");
    draft.harmless(50, random);
    for number in 0..2_000 {
        let row = format!("{number},\"b\"ob,\"a\"b\"c,2021-02-24\n");
        draft.raw_row("bob", row.as_bytes());
        draft.harmless(random.below(3), random);
    }
    draft
}

/// A quoted key equals its unquoted twin.
fn doubled_quotes(random: &mut Random) -> Draft {
    let mut draft = Draft::new("doubled-quotes.csv", "runs of doubled quotes, in contents and in user names");
    for number in 0..5_000 {
        let quotes = "\"\"".repeat(random.below(40) as usize);
        let row = format!("{number},\"a\"\"{}\",\"{quotes}\",2021-02-24\n", number % 500);
        draft.raw_row(&format!("a\"{}", number % 500), row.as_bytes());
        draft.raw_row("ann", format!("{number},\"ann\",\"\n{quotes}\n\",\"2021-02-24\"\n").as_bytes());
    }
    draft
}

/// A megabyte of rows is swallowed by it.
fn quote_that_never_closes(random: &mut Random) -> Draft {
    let mut draft =
        Draft::new("quote-never-closes.csv", "a quote that opens a field in the midst of the file and never closes");
    draft.harmless(1_000, random);
    draft.refused_here("a quote is open at the end of the input");
    draft.raw(b"77,ann,\"it opens here,2021-02-24\n");
    for number in 0..30_000 {
        draft.raw(format!("{number},mallory,not a row,2021-02-24\n").as_bytes());
    }
    draft
}

fn quote_as_last_byte(random: &mut Random) -> Draft {
    let mut draft = Draft::new("quote-as-last-byte.csv", "an opening quote and nothing more");
    draft.harmless(100, random);
    draft.refused_here("a quote is open at the end of the input");
    draft.raw(b"77,ann,\"");
    draft
}

fn everything_quoted(random: &mut Random) -> Draft {
    let mut draft = Draft::empty("everything-quoted.csv", "every field is quoted, the header's names too");
    draft.raw(b"\"id\",\"username\",\"content\",\"date\"\n");
    for number in 0..20_000 {
        let name = random.choose(&["ann", "bob", ""]);
        let row = format!("\"{number}\",\"{name}\",\"a, b\",\"2021-02-24\"\n");
        draft.raw_row(name, row.as_bytes());
    }
    draft
}

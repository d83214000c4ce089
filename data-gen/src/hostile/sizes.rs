//! Files and records of no size, or of too much.

use super::Maker;
use super::draft::Draft;
use crate::random::Random;

/// The makers, in the order of the manifest; new ones go to the end.
pub(crate) const MAKERS: &[Maker] = &[
    empty,
    header_only,
    header_without_line_end,
    delimiters,
    rows_of_delimiters,
    long_field,
    long_quoted_field,
    over_long_field,
    many_columns,
    all_different,
];

/// The longest record that is read, unless more is asked for.
const LONGEST_RECORD_BYTES: usize = 16 << 20;

fn empty(_: &mut Random) -> Draft {
    let mut draft = Draft::empty("empty.csv", "not a byte");
    draft.refused("the file is empty");
    draft
}

fn header_only(_: &mut Random) -> Draft {
    Draft::new("header-only.csv", "a header and no row: an empty answer")
}

fn header_without_line_end(_: &mut Random) -> Draft {
    let mut draft = Draft::new("header-without-line-end.csv", "a header that ends with the file");
    draft.bytes.pop();
    draft
}

/// A header without a name and no row: there is no column to ask for, and a million of them must not eat memory.
fn delimiters(_: &mut Random) -> Draft {
    let mut draft = Draft::empty("delimiters.csv", "a million delimiters and nothing else");
    draft.raw(&vec![b','; 1 << 20]);
    draft.without_username("no column username");
    draft
}

fn rows_of_delimiters(_: &mut Random) -> Draft {
    let mut draft = Draft::new("rows-of-delimiters.csv", "a row is ,,, and there are many");
    for _ in 0..200_000 {
        draft.raw_row("", b",,,\n");
    }
    draft
}

fn long_field(random: &mut Random) -> Draft {
    let mut draft = Draft::new("long-field.csv", "a field of 15 MiB, in no quotes");
    draft.harmless(1_000, random);
    draft.row("ann", &vec![b'x'; 15 << 20]);
    draft.harmless(1_000, random);
    draft
}

fn long_quoted_field(random: &mut Random) -> Draft {
    let mut draft = Draft::new(
        "long-quoted-field.csv",
        "a quoted field of 15 MiB that holds rows, quotes and line ends of every kind",
    );
    draft.harmless(1_000, random);
    let line: &[u8] = b"1,mallory,\"a\",2021-02-24\n2,mallory,b\"\r\n\"\"\r";
    // The five quotes of a line are doubled.
    let n_lines = (15 << 20) / (line.len() + line.iter().filter(|&&byte| byte == b'"').count());
    draft.row("ann", &line.repeat(n_lines));
    draft.harmless(1_000, random);
    draft
}

fn over_long_field(random: &mut Random) -> Draft {
    let mut draft = Draft::new("over-long-field.csv", "a field over 16 MiB: one record more than is read by default");
    draft.harmless(1_000, random);
    draft.refused_here("the record passes 16 MiB");
    draft.raw(b"1,ann,");
    draft.raw(&vec![b'x'; LONGEST_RECORD_BYTES + 1]);
    draft.raw(b",2021-02-24\n");
    draft
}

fn many_columns(_: &mut Random) -> Draft {
    const COLUMNS: usize = 5_000;
    let mut draft = Draft::empty("many-columns.csv", "5,000 columns, username the last but one");
    let names: Vec<String> =
        (0..COLUMNS).map(|i| if i == COLUMNS - 2 { "username".to_owned() } else { format!("c{i}") }).collect();
    draft.raw(names.join(",").as_bytes());
    draft.raw(b"\n");
    for row in 0..200 {
        let name = format!("user{}", row % 7);
        let values: Vec<&str> = (0..COLUMNS).map(|i| if i == COLUMNS - 2 { name.as_str() } else { "1" }).collect();
        draft.raw_row(&name, format!("{}\n", values.join(",")).as_bytes());
    }
    draft
}

/// Common prefixes and lengths about the sizes of inline keys.
fn all_different(random: &mut Random) -> Draft {
    let mut draft =
        Draft::new("all-different.csv", "2,000 user names, each once, alike but for their ends, of 1 to 300 bytes");
    for number in 0..2_000 {
        let filler = "u".repeat(random.choose(&[0, 7, 8, 15, 16, 23, 24, 25, 31, 32, 33, 64, 255, 290]));
        draft.row(&format!("{filler}{number}"), b"x");
    }
    draft
}

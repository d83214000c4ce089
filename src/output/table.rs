//! Rows in, a table for a person out: numbers to the right, a dim `NULL`, control characters escaped.
//!
//! Holds at most [`BLOCK_ROWS`] rows or [`BLOCK_BYTES`] of text. The first block settles the widths; the rest is streamed in
//! blocks of those widths, where a longer value takes more lines. So the memory is bounded whatever the answer.

use std::sync::Arc;

use comfy_table::{Attribute, Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table as Grid, Width};
use comfy_table::{LineStyle, TableStyle};

use super::destination::Destination;
use super::{Format, Sink, terminal};
use crate::error::Result;
use crate::exprs::{Type, Value, number, write};
use crate::questions::plan::AnswerColumn;

/// Rows laid out at a time.
const BLOCK_ROWS: usize = 1000;
/// Bytes of text laid out at a time.
const BLOCK_BYTES: usize = 256 << 10;
/// Columns that no fitting makes narrower than this.
const LEAST_WIDTH: u16 = 4;
/// Blanks that a column takes: one before its values, one after them.
const BLANKS: u16 = 2;
/// No lines but one under the header.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A table over a [`Destination`].
#[derive(Debug)]
pub struct Table {
    destination: Destination,
    look: Look,
    columns: Vec<AnswerColumn>,
    rows: Vec<Vec<Option<String>>>,
    n_bytes: usize,
    all_numbers: Vec<bool>,
    lanes: Option<Vec<Lane>>,
}

/// How the table is to look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// Characters in a line of the terminal; wider tables break their values. `None`: as wide as it comes.
    pub width: Option<u16>,
    /// Whether `NULL` may be dim.
    pub color: bool,
}

/// One column, once the first block is seen.
#[derive(Clone, Copy, Debug)]
struct Lane {
    width: u16,
    alignment: CellAlignment,
}

impl Table {
    /// A sink that lays rows out in `destination`.
    pub fn new(destination: Destination, look: Look) -> Table {
        Table {
            destination,
            look,
            columns: Vec::new(),
            rows: Vec::new(),
            n_bytes: 0,
            all_numbers: Vec::new(),
            lanes: None,
        }
    }

    /// Writes the rows held; the first time under the header.
    fn lay_out(&mut self) -> Result<()> {
        let mut grid = Grid::new();
        grid.load_style(STYLE).set_content_arrangement(ContentArrangement::Disabled).force_no_tty();
        if self.look.color {
            grid.enforce_styling();
        }
        if self.lanes.is_none() {
            grid.set_header(self.columns.iter().map(|column| terminal::line(column.name.as_bytes())));
        }
        for row in self.rows.drain(..) {
            grid.add_row(row.into_iter().map(|text| match text {
                Some(text) => Cell::new(text),
                None if self.look.color => Cell::new("NULL").add_attribute(Attribute::Dim),
                None => Cell::new("NULL"),
            }));
        }
        self.n_bytes = 0;
        grid.discover_columns();
        let lanes = self.lanes.get_or_insert_with(|| {
            let mut widths = grid.column_max_content_widths();
            fit(&mut widths, self.look.width.unwrap_or(u16::MAX));
            let aligned = self.columns.iter().zip(&self.all_numbers).map(|(column, all_numbers)| match column.ty {
                Type::Number => CellAlignment::Right,
                Type::Dynamic if *all_numbers => CellAlignment::Right,
                _ => CellAlignment::Left,
            });
            widths.into_iter().zip(aligned).map(|(width, alignment)| Lane { width, alignment }).collect()
        });
        for (lane, column) in lanes.iter().zip(grid.column_iter_mut()) {
            column.set_padding((1, 0)); // the other blank is where a line between columns would stand
            column.set_cell_alignment(lane.alignment);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(lane.width.saturating_add(1))));
        }
        for line in grid.lines() {
            self.destination.write(line.trim_end().as_bytes())?;
            self.destination.write(b"\n")?;
        }
        Ok(())
    }
}

impl Sink for Table {
    fn begin(&mut self, columns: &[AnswerColumn]) -> Result<()> {
        self.columns = columns.to_vec();
        self.all_numbers = vec![true; columns.len()];
        Ok(())
    }

    fn format(&self) -> Option<Arc<dyn Format>> {
        None
    }

    fn spelt(&mut self, _bytes: &[u8], _n_rows: u64) -> Result<()> {
        unreachable!("a table has no format by which rows could be spelt elsewhere")
    }

    fn row(&mut self, values: &[Value<'_>]) -> Result<()> {
        let mut scratch = Vec::new();
        let mut row = Vec::with_capacity(values.len());
        for (value, all_numbers) in values.iter().zip(&mut self.all_numbers) {
            if matches!(value, Value::Null) {
                row.push(None);
                continue;
            }
            scratch.clear();
            write(*value, &mut scratch);
            *all_numbers &= number::is_plain(&scratch);
            let text = terminal::line(&scratch);
            self.n_bytes += text.len();
            row.push(Some(text));
        }
        self.rows.push(row);
        if self.rows.len() >= BLOCK_ROWS || self.n_bytes >= BLOCK_BYTES { self.lay_out() } else { Ok(()) }
    }

    fn finish(&mut self) -> Result<()> {
        if self.lanes.is_none() || !self.rows.is_empty() {
            self.lay_out()?;
        }
        self.destination.finish()
    }
}

/// Narrows the widest columns until all fit into `line` characters with their blanks, none below [`LEAST_WIDTH`].
fn fit(widths: &mut [u16], line: u16) {
    let wanted = |widths: &[u16], cap: u16| -> u64 {
        widths.iter().map(|width| u64::from((*width).min(cap)) + u64::from(BLANKS)).sum()
    };
    let mut cap = widths.iter().copied().max().unwrap_or(0).min(line);
    while cap > LEAST_WIDTH && wanted(widths, cap) > u64::from(line) {
        cap -= 1;
    }
    for width in widths {
        *width = (*width).min(cap);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::tests::{Collected, typed};

    fn laid_out(look: Look, n_rows: usize) -> String {
        let collected = Collected::default();
        let mut table = Table::new(Destination::stream("answer", collected.clone()), look);
        table.begin(&typed(&[("date", Type::Date), ("user name", Type::Text), ("n", Type::Number)])).expect("held");
        for row in 0..n_rows {
            let name = ["ann", "two\nlines \u{1b}[2J", "a rather long name that is broken"][row % 3];
            let count = Value::Short { mantissa: 999 + row as i64, scale: 0 };
            let count = if row == 1 { Value::Null } else { count };
            table.row(&[Value::Text(b"2021-02-12"), Value::Text(name.as_bytes()), count]).expect("held");
        }
        table.finish().expect("written");
        String::from_utf8(collected.take()).expect("UTF-8")
    }

    #[test]
    fn numbers_stand_to_the_right_and_controls_are_shown() {
        let expected = [
            " date        user name                             n",
            "────────────────────────────────────────────────────",
            " 2021-02-12  ann                                 999",
            r" 2021-02-12  two\nlines \u{1b}[2J               NULL",
            " 2021-02-12  a rather long name that is broken  1001",
        ];
        assert_eq!(laid_out(Look::default(), 3).lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_header_stands_over_no_rows() {
        assert_eq!(laid_out(Look::default(), 0), " date  user name  n\n───────────────────\n");
    }

    #[test]
    fn null_is_dim_where_colour_is() {
        let text = laid_out(Look { width: None, color: true }, 2);
        assert!(text.contains("\u{1b}[2m"), "{text:?}");
        assert!(!laid_out(Look::default(), 2).contains('\u{1b}'));
    }

    #[test]
    fn a_terminal_is_never_passed_and_blocks_keep_their_widths() {
        let text = laid_out(Look { width: Some(40), color: false }, 2 * BLOCK_ROWS + 5);
        assert!(text.lines().all(|line| line.chars().count() <= 40), "{text}");
        assert_eq!(text.matches("date").count(), 1);
        let starts: Vec<_> = text.lines().filter_map(|line| line.find("ann")).collect();
        assert!(starts.iter().all(|start| *start == starts[0]) && starts.len() == 669, "{starts:?}");
    }
}

//! Events for the `actions/*` questions: columns time and action.
//!
//! Times are in no order and have no more than a second's resolution, mostly, so that exact duplicates come by themselves; one in 64 lies on
//! the border of a window. Some windows have no event, some none of one action, some days no window at all.

use clap::Args;
use serde::Serialize;

use crate::blocks::Rows;
use crate::calendar;
use crate::extent::Extent;
use crate::fields::{padded, pair};
use crate::output::{Failure, Output};
use crate::random::{Random, mix};
use crate::weighted::Weighted;

/// What is asked for.
#[derive(Debug, Args)]
pub(crate) struct Actions {
    #[command(flatten)]
    extent: Extent,
    #[command(flatten)]
    output: Output,
    /// Days that the events lie in, of 144 windows each
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    days: u32,
}

impl Actions {
    /// Writes them, and beside them what `actions/*` answer.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let windows = Windows::new(self.days);
        let n_rows = self.extent.rows(&windows);
        self.output.write(&self.extent, &windows, n_rows, |written| Some(Truth::new(&written.tally, written.bytes)))
    }
}

#[derive(Debug, Serialize)]
struct Truth {
    rows: u64,
    bytes: u64,
    windows: Vec<Window>,
    average: Vec<Average>,
    top_open: Vec<Opened>,
    per_minute: Vec<Rate>,
}

#[derive(Debug, Serialize)]
struct Window {
    window_start: String,
    window_end: String,
    close: u64,
    open: u64,
    avg_actions: f64,
}

#[derive(Debug, Serialize)]
struct Average {
    total_avg_actions: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Opened {
    window_start: String,
    window_end: String,
    open: u64,
    close: u64,
}

#[derive(Debug, Serialize)]
struct Rate {
    window_start: String,
    action: &'static str,
    avg_per_minute: f64,
}

/// How many windows `top_open` lists.
const K: usize = 10;

impl Truth {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows of any file fit 53 bits")]
    fn new(tally: &[[u64; 2]], bytes: u64) -> Truth {
        let seen: Vec<(u32, [u64; 2])> = (0..).zip(tally.iter().copied()).filter(|(_, n)| *n != [0, 0]).collect();
        let rows: u64 = seen.iter().map(|(_, [close, open])| close + open).sum();
        let windows = seen.iter().map(|&(window, [close, open])| Window {
            window_start: start(window),
            window_end: start(window + 1),
            close,
            open,
            avg_actions: (close + open) as f64 / 2.0,
        });
        let mut by_open = seen.clone();
        by_open.sort_by_key(|&(window, [_, open])| (std::cmp::Reverse(open), window));
        let top_open = by_open.iter().take(K).map(|&(window, [close, open])| Opened {
            window_start: start(window),
            window_end: start(window + 1),
            open,
            close,
        });
        let rates = seen.iter().flat_map(|&(window, counts)| {
            ACTIONS.into_iter().zip(counts).filter(|&(_, count)| count > 0).map(move |(action, count)| Rate {
                window_start: start(window),
                action,
                avg_per_minute: count as f64 / 10.0,
            })
        });
        Truth {
            rows,
            bytes,
            windows: windows.collect(),
            average: vec![Average { total_avg_actions: (rows > 0).then(|| rows as f64 / seen.len() as f64) }],
            top_open: top_open.collect(),
            per_minute: rates.collect(),
        }
    }
}

const ACTIONS: [&str; 2] = ["Close", "Open"];
/// 2016-07-26.
const FIRST_DAY: u32 = 17_008;
const WINDOWS_A_DAY: u32 = 144;
const WINDOW_SECONDS: u32 = 600;

/// When window `window` begins, as an instant.
fn start(window: u32) -> String {
    let (day, minute) = (window / WINDOWS_A_DAY, window % WINDOWS_A_DAY * 10);
    format!("{}T{:02}:{:02}:00Z", calendar::date(FIRST_DAY + day), minute / 60, minute % 60)
}

/// The maker of rows.
#[derive(Debug)]
struct Windows {
    dates: Vec<String>,
    /// By window; some weigh nothing.
    weights: Weighted,
}

impl Windows {
    fn new(days: u32) -> Windows {
        let weight = |window: u32| {
            let lot = mix(u64::from(window) + 1);
            let is_night = matches!(window % WINDOWS_A_DAY, 6..24);
            let is_gap = lot.is_multiple_of(97) || (window / WINDOWS_A_DAY) % 11 == 5;
            if is_gap { 0 } else { 20 + lot % if is_night { 50 } else { 1000 } }
        };
        let weights: Vec<u64> = (0..days * WINDOWS_A_DAY).map(weight).collect();
        let dates = (FIRST_DAY..FIRST_DAY + days).map(calendar::date).collect();
        Windows { dates, weights: Weighted::new(&weights) }
    }
}

/// Counts of `Close` and `Open` by window.
type Tally = Vec<[u64; 2]>;

impl Rows for Windows {
    type Tally = Tally;

    fn tally(&self) -> Tally {
        vec![[0; 2]; self.dates.len() * WINDOWS_A_DAY as usize]
    }

    fn merge(&self, into: &mut Tally, from: Tally) {
        for (into, from) in into.iter_mut().zip(from) {
            into[0] += from[0];
            into[1] += from[1];
        }
    }

    fn header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"time,action\n");
    }

    fn row(&self, _: u64, random: &mut Random, out: &mut Vec<u8>, tally: &mut Tally) {
        let window = self.weights.pick(random);
        let second = match random.below(128) {
            0 => 0,
            1 => WINDOW_SECONDS - 1,
            _ => random.below(WINDOW_SECONDS),
        };
        // One window in eight knows one action only.
        let is_open = match mix(u64::from(window)) % 16 {
            0 => false,
            1 => true,
            share => u64::from(random.below(20)) < 2 + share,
        };
        tally[window as usize][usize::from(is_open)] += 1;
        out.extend_from_slice(self.dates[(window / WINDOWS_A_DAY) as usize].as_bytes());
        let second = window % WINDOWS_A_DAY * WINDOW_SECONDS + second;
        for (before, part) in [(b'T', second / 3600), (b':', second / 60 % 60), (b':', second % 60)] {
            out.push(before);
            pair(out, part);
        }
        if random.one_in(8) {
            out.push(b'.');
            padded::<3>(out, u64::from(random.below(1000)));
        }
        out.extend_from_slice(if is_open { b"Z,Open\n" } else { b"Z,Close\n" });
    }
}

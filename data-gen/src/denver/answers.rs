//! Counts by year, month, condition and neighbourhood in, what `denver/*` answer out.
//!
//! Means and shares are quotients of integers, divided once.

use serde::Serialize;
use serde_json::{Map, Value};

/// The years that the questions are about.
pub(super) const YEARS: std::ops::Range<u32> = 2014..2020;
/// How many.
pub(super) const N_YEARS: usize = 6;

/// One month of `denver/seasonality`.
#[derive(Debug, Serialize)]
pub(super) struct Month {
    month: usize,
    accidents_per_month: f64,
    vs_april: f64,
    std_error: f64,
    total: u64,
}

/// One row of `denver/accidents-by-area`.
#[derive(Debug, Serialize)]
pub(super) struct Area {
    neighborhood: Option<String>,
    per_year: f64,
    share: f64,
}

/// Of the counts by year and month, a month each.
#[expect(clippy::cast_precision_loss, reason = "counts of rows of any file fit 53 bits, their squares nearly")]
pub(super) fn seasonality(counts: &[[u64; 12]; N_YEARS]) -> Vec<Month> {
    let n_years = N_YEARS as f64;
    let totals: [u64; 12] = std::array::from_fn(|month| counts.iter().map(|year| year[month]).sum());
    let squares: u128 = counts.iter().flatten().map(|&n| u128::from(n).pow(2)).sum();
    let of_totals: u128 = totals.iter().map(|&n| u128::from(n).pow(2)).sum();
    // Six times the residual sum of squares.
    let residuals = (squares * N_YEARS as u128 - of_totals) as f64;
    let freedom = (12 * N_YEARS - 12) as f64;
    let std_error = (residuals / n_years / freedom * 2.0 / n_years).sqrt();
    let april = totals[3] as f64;
    let months = totals.iter().enumerate();
    months
        .map(|(month, &total)| Month {
            month: month + 1,
            accidents_per_month: total as f64 / n_years,
            vs_april: (total as f64 - april) / n_years,
            std_error,
            total,
        })
        .collect()
}

/// Of the counts by condition and year, a row for each condition that `is_taken`, a column for each year: percent with one decimal.
#[expect(clippy::cast_precision_loss, reason = "tenths of percents are below 1001")]
pub(super) fn conditions(
    names: &[&str],
    counts: &[[u64; N_YEARS]],
    is_taken: impl Fn(&str) -> bool,
) -> Vec<Map<String, Value>> {
    let mut rows: Vec<(&str, &[u64; N_YEARS])> =
        names.iter().copied().zip(counts).filter(|(name, n)| is_taken(name) && n.iter().any(|&n| n > 0)).collect();
    rows.sort_unstable();
    let totals: [u64; N_YEARS] = std::array::from_fn(|year| rows.iter().map(|(_, n)| n[year]).sum());
    let share = |n: u64, total: u64| match total {
        0 => Value::Null,
        _ => (((2000 * n + total) / (2 * total)) as f64 / 10.0).into(),
    };
    rows.iter()
        .map(|(name, n)| {
            let shares = YEARS.zip(n.iter().zip(totals)).map(|(year, (&n, total))| (year.to_string(), share(n, total)));
            std::iter::once(("road_condition".to_owned(), Value::from(*name))).chain(shares).collect()
        })
        .collect()
}

/// Of the counts by neighbourhood, over however many years each has any, those with most a year first.
#[expect(clippy::cast_precision_loss, reason = "counts of rows of any file fit 53 bits")]
pub(super) fn areas(counts: impl Iterator<Item = (Option<String>, u64, usize)>) -> Vec<Area> {
    let means: Vec<(Option<String>, f64)> =
        counts.filter(|&(_, n, _)| n > 0).map(|(name, n, years)| (name, n as f64 / years as f64)).collect();
    let sum: f64 = means.iter().map(|(_, mean)| mean).sum();
    let mut rows: Vec<Area> = means
        .into_iter()
        .map(|(neighborhood, per_year)| Area { neighborhood, per_year, share: per_year / sum * 100.0 })
        .collect();
    rows.sort_by(|a, b| {
        let last = |area: &Area| area.neighborhood.is_none();
        b.per_year.total_cmp(&a.per_year).then(last(a).cmp(&last(b))).then_with(|| a.neighborhood.cmp(&b.neighborhood))
    });
    rows
}

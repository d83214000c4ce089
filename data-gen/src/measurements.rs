//! Temperatures of weather stations, as in the one billion row challenge: `station;temperature`, one decimal.
//!
//! Each station has a mean of its own, between −10 and 30 °C, about which its temperatures lie roughly normally with a standard deviation
//! of 10: the sum of four equally likely numbers, which needs no logarithm.

use clap::Args;
use serde::Serialize;

use crate::blocks::Rows;
use crate::extent::Extent;
use crate::output::{Failure, Output};
use crate::random::{Random, mix};

/// What is asked for.
#[derive(Debug, Args)]
pub(crate) struct Measurements {
    #[command(flatten)]
    extent: Extent,
    #[command(flatten)]
    output: Output,
    /// Different stations, up to 10000
    #[arg(long, value_name = "N", default_value_t = 413, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    stations: u32,
    /// Leave out the line of column names
    #[arg(long)]
    no_header: bool,
}

impl Measurements {
    /// Writes them, and beside them each station's count, least, sum, mean and greatest.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let stations = Stations::new(self.stations, !self.no_header);
        let n_rows = self.extent.rows(&stations);
        self.output.write(&self.extent, &stations, n_rows, |written| {
            let mut rows: Vec<Station> = stations.names.iter().zip(&written.tally).filter_map(Station::of).collect();
            rows.sort_by(|a, b| a.station.cmp(&b.station));
            Some(Truth { rows: n_rows, bytes: written.bytes, stations: rows })
        })
    }
}

#[derive(Debug, Serialize)]
struct Truth {
    rows: u64,
    bytes: u64,
    stations: Vec<Station>,
}

#[derive(Debug, Serialize)]
struct Station {
    station: String,
    rows: u64,
    min: f64,
    sum: f64,
    mean: f64,
    max: f64,
}

impl Station {
    /// `None` if it measured nothing.
    #[expect(clippy::cast_precision_loss, reason = "tenths of degrees of any file fit 53 bits")]
    fn of((name, seen): (&String, &Seen)) -> Option<Station> {
        (seen.rows > 0).then(|| Station {
            station: name.clone(),
            rows: seen.rows,
            min: f64::from(seen.least) / 10.0,
            sum: seen.sum as f64 / 10.0,
            mean: seen.sum as f64 / (10 * seen.rows) as f64,
            max: f64::from(seen.greatest) / 10.0,
        })
    }
}

/// One station's measurements, in tenths of degrees.
#[derive(Debug, Clone)]
struct Seen {
    rows: u64,
    least: i32,
    sum: i64,
    greatest: i32,
}

/// The maker of rows.
#[derive(Debug)]
struct Stations {
    names: Vec<String>,
    means: Vec<i32>,
    has_header: bool,
}

impl Stations {
    fn new(n: u32, has_header: bool) -> Stations {
        let mean = |number| i32::try_from(mix(u64::from(number) + 1) % 401).expect("at most 400") - 100;
        Stations { names: (0..n).map(name).collect(), means: (0..n).map(mean).collect(), has_header }
    }
}

impl Rows for Stations {
    type Tally = Vec<Seen>;

    fn tally(&self) -> Vec<Seen> {
        vec![Seen { rows: 0, least: i32::MAX, sum: 0, greatest: i32::MIN }; self.names.len()]
    }

    fn merge(&self, into: &mut Vec<Seen>, from: Vec<Seen>) {
        for (into, from) in into.iter_mut().zip(from) {
            into.rows += from.rows;
            into.least = into.least.min(from.least);
            into.sum += from.sum;
            into.greatest = into.greatest.max(from.greatest);
        }
    }

    fn header(&self, out: &mut Vec<u8>) {
        if self.has_header {
            out.extend_from_slice(b"station;temperature\n");
        }
    }

    fn row(&self, _: u64, random: &mut Random, out: &mut Vec<u8>, tally: &mut Vec<Seen>) {
        let n = u32::try_from(self.names.len()).expect("at most 10,000");
        let station = random.below(n) as usize;
        out.extend_from_slice(self.names[station].as_bytes());
        let tenths = self.means[station] + deviation(random.bits());
        temperature(out, tenths);
        let seen = &mut tally[station];
        seen.rows += 1;
        seen.least = seen.least.min(tenths);
        seen.sum += i64::from(tenths);
        seen.greatest = seen.greatest.max(tenths);
    }
}

/// A deviation from the mean in tenths of degrees, within ±346.
fn deviation(bits: u64) -> i32 {
    /// The sum of four numbers of 16 bits has this standard deviation, times 100.
    const SPREAD: i64 = 3_783_725;
    let sum: u64 = (0..4).map(|part| (bits >> (16 * part)) & 0xffff).sum();
    let centred = i64::try_from(sum).expect("18 bits") - 2 * 0xffff;
    i32::try_from((centred * 10_000 + SPREAD / 2).div_euclid(SPREAD)).expect("within ±346")
}

/// `;-12.3` and the line end.
fn temperature(out: &mut Vec<u8>, tenths: i32) {
    out.extend_from_slice(if tenths < 0 { b";-" } else { b";" });
    let magnitude = tenths.unsigned_abs();
    crate::fields::integer(out, u64::from(magnitude / 10));
    let digit = b'0' + u8::try_from(magnitude % 10).expect("a digit");
    out.extend_from_slice(&[b'.', digit, b'\n']);
}

/// The name of station `number`, below 10,000; no two are alike, the first are the plain ones.
fn name(number: u32) -> String {
    let number = number as usize;
    let stems: Vec<&str> = STEMS.split_whitespace().collect();
    let (stem, form) = (stems[number % stems.len()], number / stems.len());
    let (before, after) = (BEFORE[form % BEFORE.len()], AFTER[form / BEFORE.len()]);
    format!("{before}{stem}{after}")
}

const BEFORE: [&str; 9] = ["", "New ", "Port ", "San ", "Upper ", "Lower ", "Saint ", "Mount ", "Fort "];
const AFTER: [&str; 9] = ["", " City", " Falls", " Bay", "-sur-Mer", "ville", "burg", " am Main", "pur"];
const STEMS: &str = "
    Abéché Accra Adelaide Aden Alger Amritsar Ankara Apia Aşgabat Assab Athens Baku Bamako Bangkok Basel Bata Beirut Bergen Berlin Bilbao
    Bosaso Boston Bratislava Brno Cairo Cardiff Chiang Chişinău Cork Cracow Dakar Dallas Darwin Delhi Denver Dhaka Dili Djibouti Dodoma
    Doha Dubai Dublin Dushanbe El-Paso Erbil Fukuoka Gagnoa Garissa Gjoa Gitega Graz Guiyang Hà-Nội Hamburg Hanga-Roa Harare Helsinki
    Hobart Honiara Ifrane Iqaluit İzmir Jakarta Jos Juba Kabul Kampala Kano Karonga Kingston Kraków Kuopio Kyiv Lagos Lhasa Lima Lisbon
    Łódź Lomé London Luanda Lusaka Lviv Lyon Madrid Malé Malmö Manila Maputo Medan Mek'ele Mexicali Mild Milan Minsk Moncton Murmansk
    Nairobi Naha Nassau Niigata Nouméa Nuuk Odesa Oslo Oulu Palermo Paris Perth Praia Pune Quito Rabat Reykjavík Riga Roseau Ségou
    Seoul Sofia Split Surabaya Tabora Tbilisi Tirana Tórshavn Tromsø Ürümqi Yaoundé Yerevan Zanzibar Zürich";

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ten_thousand_stations_have_names_of_their_own() {
        let names: HashSet<String> = (0..10_000).map(name).collect();
        assert_eq!(names.len(), 10_000);
        assert!(names.iter().all(|name| !name.contains(';') && name.len() <= 100));
    }

    #[test]
    fn deviations_have_mean_0_and_spread_100() {
        let mut random = Random::new(1, 1);
        let n = 100_000;
        let all: Vec<i64> = (0..n).map(|_| i64::from(deviation(random.bits()))).collect();
        let mean = all.iter().sum::<i64>() / n;
        let variance = all.iter().map(|d| d * d).sum::<i64>() / n;
        assert!(mean.abs() <= 1 && (9_800..10_200).contains(&variance), "{mean} {variance}");
    }

    #[test]
    fn temperatures_have_one_decimal() {
        for (tenths, text) in [(0, ";0.0\n"), (-5, ";-0.5\n"), (123, ";12.3\n"), (-446, ";-44.6\n")] {
            let mut out = Vec::new();
            temperature(&mut out, tenths);
            assert_eq!(out, text.as_bytes());
        }
    }
}

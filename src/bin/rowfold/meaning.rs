//! What was typed in, what is meant out: defaults that depend on nothing but the process, the library's own settings.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use anstream::{AutoStream, ColorChoice};
use rowfold::encoding::Encoding;
use rowfold::error::{Error, Result};
use rowfold::exprs::time::zone;
use rowfold::output::Compression;
use rowfold::{pass, readers};

use crate::flags::{BadValuesTyped, ColorTyped, Common, FormatTyped, IoTyped, ProgressTyped, RaggedTyped, StatsTyped};
use crate::reading::Reading;

/// Everything that is set, and by whom it is read.
#[derive(Clone, Debug)]
pub(crate) struct Meant {
    pub(crate) reading: Reading,
    /// `--set`, each a name and a value.
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) pass: pass::Settings,
    pub(crate) answer: Answer,
    pub(crate) report: Report,
}

/// Where the answer goes, and how it looks there.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) format: FormatTyped,
    /// `None`: stdout.
    pub(crate) output: Option<PathBuf>,
    pub(crate) encoding: Encoding,
    pub(crate) compression: Option<Compression>,
    /// Whether it is read by eyes: control characters are escaped, tables fit the window.
    pub(crate) to_terminal: bool,
    pub(crate) color: bool,
}

/// What is said on stderr beside errors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report {
    pub(crate) stats: Option<StatsTyped>,
    pub(crate) progress: Progress,
    pub(crate) color: ColorChoice,
}

impl Report {
    /// For what ends before the rest of `typed` is known to mean anything.
    pub(crate) fn before_meant(typed: &Common) -> Report {
        Report { stats: typed.stats, progress: Progress::Never, color: choice(typed.color) }
    }
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Bar,
    Lines,
    Never,
}

impl Meant {
    /// What `typed` means in this process: its terminal, its `NO_COLOR`.
    pub(crate) fn of(typed: Common) -> Result<Meant> {
        let all = readers::Settings {
            header: !typed.no_header,
            max_record_bytes: typed.max_record,
            ragged: match typed.ragged {
                RaggedTyped::Error => readers::Ragged::Error,
                RaggedTyped::Pad => readers::Ragged::Pad,
                RaggedTyped::Skip => readers::Ragged::Skip,
            },
            io: match typed.io {
                IoTyped::Map => readers::Io::Map,
                IoTyped::Read => readers::Io::Read,
            },
            simd: typed.simd,
            ..readers::Settings::default()
        };
        let reading = Reading {
            all,
            delimiters: typed.delimiter,
            quotes: typed.quote,
            encodings: typed.encoding,
            skip_lines: typed.skip_lines,
        };
        if let Some(directory) = typed.spill_dir.as_deref().filter(|directory| !directory.is_dir()) {
            return Err(Error::Usage(format!("{}: is no directory; --spill-dir names one", directory.display())));
        }
        zone::settle(&typed.tz).map_err(|error| Error::Usage(format!("--tz: {error}")))?;
        let pass = pass::Settings {
            memory_bytes: typed.memory,
            threads: typed.threads.map(usize::from),
            spill_dir: typed.spill_dir,
            spill_limit_bytes: typed.spill_limit,
            bad_values_are_null: typed.bad_values == BadValuesTyped::Null,
            null_value: typed.null_value.map(|text| text.into_encoded_bytes().into()),
            chunk_bytes: typed.chunk.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
        };
        let choice = choice(typed.color);
        let output = typed.output.filter(|path| path.as_os_str() != "-");
        let to_terminal = output.is_none() && io::stdout().is_terminal();
        let answer = Answer {
            format: typed.format.unwrap_or(if to_terminal { FormatTyped::Table } else { FormatTyped::Csv }),
            to_terminal,
            color: match choice {
                ColorChoice::Auto => to_terminal && AutoStream::choice(&io::stdout()) != ColorChoice::Never,
                choice => choice != ColorChoice::Never,
            },
            output,
            encoding: Encoding::Utf8,
            compression: None,
        };
        let progress = match typed.progress {
            ProgressTyped::Auto if io::stderr().is_terminal() => Progress::Bar,
            ProgressTyped::Auto | ProgressTyped::Never => Progress::Never,
            ProgressTyped::Plain => Progress::Lines,
        };
        Ok(Meant {
            reading,
            parameters: typed.set,
            pass,
            answer,
            report: Report { stats: typed.stats, progress, color: choice },
        })
    }
}

fn choice(typed: ColorTyped) -> ColorChoice {
    match typed {
        ColorTyped::Auto => ColorChoice::Auto,
        ColorTyped::Always => ColorChoice::Always,
        ColorTyped::Never => ColorChoice::Never,
    }
}

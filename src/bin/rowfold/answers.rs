//! Where the answers of one or several questions go: stdout, a file, a file each in a directory, or one after the other.
//!
//! Passes finish in the order of their inputs, not in that of their questions, and rows of two may come at the same time. So
//! answers that share a stream are kept in files without names until all are there.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use rowfold::error::{Error, Result, quoted};
use rowfold::output::{Destination, Sink};
use rowfold::questions::Question;
use rowfold::readers::Input;

use crate::flags::FormatTyped;
use crate::meaning::Answer;
use crate::shared::Shared;
use crate::sink;

/// What is asked, and where the answers are meant to go.
#[derive(Debug)]
pub(crate) struct Answers<'a> {
    answer: &'a Answer,
    /// What each question is called, and its title.
    names: Vec<(String, String)>,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// One answer, as it comes.
    Alone,
    /// A file each in a directory.
    Files(PathBuf),
    /// One after the other, under titles or keys.
    Together,
}

/// The sinks of all answers.
pub(crate) struct Sinks<'a> {
    answers: Answers<'a>,
    sinks: Vec<Box<dyn Sink>>,
    /// Of answers that go together: what they are kept in, and where they go.
    kept: Vec<File>,
    destination: Option<Destination>,
}

impl<'a> Answers<'a> {
    /// Where the answers to `questions` go; refused where nobody could tell them apart.
    pub(crate) fn of(questions: &[Question], answer: &'a Answer) -> Result<Answers<'a>> {
        let name = |(place, question): (usize, &Question)| {
            let name = question.name().map_or_else(|| format!("answer-{}", place + 1), str::to_owned);
            let title = question.title().map_or_else(|| name.clone(), str::to_owned);
            (name, title)
        };
        let names: Vec<_> = questions.iter().enumerate().map(name).collect();
        for (place, (name, _)) in names.iter().enumerate() {
            if names[..place].iter().any(|(other, _)| other == name) {
                return Err(Error::Usage(format!("question {} is asked twice", quoted(name.as_bytes()))));
            }
        }
        let several = names.len() > 1;
        let directory = answer.output.as_deref().filter(|path| ends_with_slash(path) || (several && path.is_dir()));
        let together = matches!(answer.format, FormatTyped::Table | FormatTyped::Markdown | FormatTyped::Json);
        let way = match directory {
            Some(directory) => Way::Files(directory.to_owned()),
            None if !several => Way::Alone,
            None if together => Way::Together,
            None => {
                let format = format!("{:?}", answer.format).to_lowercase();
                return Err(Error::Usage(format!(
                    "{} answers do not go into one {format}: --output DIR/ writes a file each, and table, markdown and json \
                     print them one after the other",
                    names.len()
                )));
            }
        };
        Ok(Answers { answer, names, way })
    }

    /// A sink an answer; refused when one would write over one of `inputs`.
    pub(crate) fn sinks(self, inputs: &[Input], shared: &'static Shared) -> Result<Sinks<'a>> {
        let (mut sinks, mut kept, mut destination) = (Vec::new(), Vec::new(), None);
        match &self.way {
            Way::Alone => sinks.push(sink::open(self.answer, inputs, shared)?),
            Way::Files(directory) => {
                let cannot = |source| Error::Io { path: directory.display().to_string(), verb: "make", source };
                std::fs::create_dir_all(directory).map_err(cannot)?;
                for (name, _) in &self.names {
                    let output = Some(directory.join(file_name(name, self.answer.format)));
                    let answer = Answer { output, ..self.answer.clone() };
                    sinks.push(sink::open(&answer, inputs, shared)?);
                }
            }
            Way::Together => {
                sink::refuse_input(self.answer, inputs)?;
                destination = Some(sink::destination(self.answer, shared)?);
                for _ in &self.names {
                    let cannot = |source| Error::Io { path: "a temporary file".into(), verb: "make", source };
                    let file = tempfile::tempfile().map_err(cannot)?;
                    let copy = file.try_clone().map_err(cannot)?;
                    sinks.push(sink::of(self.answer, None, Destination::stream("a temporary file", copy))?);
                    kept.push(file);
                }
            }
        }
        Ok(Sinks { answers: self, sinks, kept, destination })
    }
}

impl Sinks<'_> {
    /// The sink of each answer, in the order of the questions.
    pub(crate) fn each(&mut self) -> impl Iterator<Item = &mut dyn Sink> {
        self.sinks.iter_mut().map(|sink| &mut **sink as &mut dyn Sink)
    }

    /// Puts together what goes together.
    pub(crate) fn finish(self) -> Result<()> {
        let Sinks { answers, kept, destination: Some(mut destination), .. } = self else { return Ok(()) };
        let json = answers.answer.format == FormatTyped::Json;
        for (place, ((name, title), mut file)) in answers.names.iter().zip(kept).enumerate() {
            let key = || serde_json::to_string(name).unwrap_or_default();
            let before = match (answers.answer.format, place) {
                (FormatTyped::Json, 0) => format!("{{{}: ", key()),
                (FormatTyped::Json, _) => format!(",\n{}: ", key()),
                (FormatTyped::Markdown, 0) => format!("## {title}\n\n"),
                (FormatTyped::Markdown, _) => format!("\n## {title}\n\n"),
                (_, 0) => format!("{title}\n"),
                (_, _) => format!("\n{title}\n"),
            };
            destination.write(before.as_bytes())?;
            copy(&mut file, &mut destination, json)?;
        }
        if json {
            destination.write(b"}\n")?;
        }
        destination.finish()
    }
}

/// All of `file`, for JSON without the line's end.
fn copy(file: &mut File, to: &mut Destination, without_end: bool) -> Result<()> {
    let cannot = |source| Error::Io { path: "a temporary file".into(), verb: "read", source };
    file.flush().and_then(|()| file.rewind()).map_err(cannot)?;
    let (mut buffer, mut held) = (vec![0; 64 << 10], false);
    loop {
        let n = file.read(&mut buffer).map_err(cannot)?;
        if n == 0 {
            return Ok(());
        }
        if held {
            to.write(b"\n")?;
        }
        held = without_end && buffer[n - 1] == b'\n';
        to.write(&buffer[..n - usize::from(held)])?;
    }
}

/// `tweets/top-days` is `tweets-top-days.csv`; a path loses its folders and `.sql`.
fn file_name(name: &str, format: FormatTyped) -> String {
    let end = match format {
        FormatTyped::Csv => "csv",
        FormatTyped::Tsv => "tsv",
        FormatTyped::Json => "json",
        FormatTyped::Jsonl => "jsonl",
        FormatTyped::Markdown => "md",
        FormatTyped::Table => "txt",
        FormatTyped::Parquet => "parquet",
    };
    let stem = match name.strip_suffix(".sql") {
        Some(path) => path.rsplit('/').next().unwrap_or(path).to_owned(),
        None => name.replace('/', "-"),
    };
    format!("{stem}.{end}")
}

fn ends_with_slash(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

//! `rowfold man DIR`: a manual page of the tool and of each command, as `man` reads them.

use std::io::Write;
use std::path::Path;

use clap::Command;
use clap_mangen::Man;
use rowfold::error::{Error, Result};

use crate::flags;

/// What a script asks of the manual.
const EXIT_STATUS: &str = "\
.SH \"EXIT STATUS\"
.TP
\\fB0\\fR
Answered.
.TP
\\fB1\\fR
Could not: input, output or spill files failed.
.TP
\\fB2\\fR
Usage: flags, an unknown column or table, SQL that is refused.
.TP
\\fB3\\fR
The data is bad, and the message says where.
.TP
\\fB4\\fR
The memory or spill limit, with what would do.
.TP
\\fB130\\fR, \\fB143\\fR
Interrupted, terminated.
.TP
\\fB141\\fR
The reader of stdout went away.
.SH ENVIRONMENT
Every option has a variable: \\fBROWFOLD_MEMORY\\fR for \\fB\\-\\-memory\\fR. The command line wins.
";

pub(super) fn run(directory: &Path) -> Result<()> {
    let mut tool = flags::command().disable_help_subcommand(true);
    tool.build();
    for command in std::iter::once(&tool).chain(tool.get_subcommands()) {
        if command.is_hide_set() {
            continue;
        }
        let man = Man::new(command.clone());
        let path = directory.join(man.get_filename());
        let written = page(&man, command).and_then(|page| std::fs::write(&path, page));
        written.map_err(|source| Error::Io { path: path.display().to_string(), verb: "write", source })?;
    }
    Ok(())
}

fn page(man: &Man, command: &Command) -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    if let Some(examples) = command.get_before_help() {
        let examples = examples.to_string();
        let lines = examples.lines().filter(|line| *line != "Examples:").map(|line| line.trim_start());
        writeln!(page, ".SH EXAMPLES\n.nf")?;
        // A line that begins with a point or an apostrophe would be a request.
        lines
            .map(|line| line.replace('\\', "\\e").replace('-', "\\-"))
            .try_for_each(|line| writeln!(page, "\\&{line}"))?;
        writeln!(page, ".fi")?;
    }
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    page.extend_from_slice(EXIT_STATUS.as_bytes());
    if command.get_version().is_some() {
        man.render_version_section(&mut page)?;
    }
    Ok(page)
}

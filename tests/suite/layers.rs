//! Who may name whom: the table of ARCHITECTURE.md, held by reading the imports.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A layer, and the layers that it may name.
const LAYERS: [(&str, &[&str]); 13] = [
    ("error", &[]),
    ("encoding", &[]),
    ("readers", &["error", "encoding"]),
    ("exprs", &["error"]),
    ("aggregates", &["error", "exprs"]),
    ("questions", &["error", "exprs", "aggregates"]),
    ("finish", &["error", "aggregates", "exprs", "questions"]),
    ("output", &["error", "encoding", "exprs", "questions"]),
    ("budget", &["error", "exprs", "aggregates", "readers"]),
    ("pass", &["error", "exprs", "aggregates", "questions", "finish", "output", "budget", "readers"]),
    ("flatten", &["error", "exprs", "questions", "output", "budget", "readers", "pass"]),
    ("convert", &["error", "exprs", "budget", "readers", "pass"]),
    ("loads", &["error", "exprs", "aggregates", "questions", "finish", "output", "budget", "readers", "pass"]),
];

fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(directory).expect("the sources are there").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| sources(folder));
    files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs")).chain(below).collect()
}

/// The layer of a file: the folder or file right under `src`.
fn layer(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).expect("is below");
    let first = inside.components().next().expect("is a file").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The code of a file: without comments, without its tests.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("readable");
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_layer_names_only_the_layers_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let allowed: BTreeMap<_, _> = LAYERS.into_iter().collect();
    for path in sources(&root) {
        let layer = layer(&root, &path);
        if layer == "lib" || layer == "bin" {
            continue;
        }
        let may = allowed.get(layer.as_str()).unwrap_or_else(|| panic!("{layer} is no layer of the table"));
        // What a typed file's values are called as text is for those to say who also read the text.
        let spells = path.starts_with(root.join("readers/parquet"));
        for (at, _) in code(&path).match_indices("crate::") {
            let code = code(&path);
            let named: String = code[at + 7..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            assert!(
                named == layer || may.contains(&named.as_str()) || (spells && named == "exprs"),
                "{} names {named}",
                path.display()
            );
        }
    }
}

#[test]
fn only_the_tools_print_exit_and_read_the_environment() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in sources(&root).into_iter().filter(|path| layer(&root, path) != "bin") {
        for word in ["println!", "eprintln!", "process::exit", "env::var", "global_allocator"] {
            assert!(!code(&path).contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn unsafe_code_lies_where_it_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in sources(&root) {
        let inside = path.strip_prefix(&root).expect("is below").to_string_lossy().into_owned();
        let is_named =
            ["aggregates/prefetch.rs", "bin/rowfold/allocator.rs", "exprs/eights.rs"].contains(&inside.as_str());
        let may = inside.starts_with("readers/map") || inside.starts_with("readers/scan") || is_named;
        let has = code(&path).split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe");
        assert!(may || !has, "{inside} has unsafe code");
    }
}

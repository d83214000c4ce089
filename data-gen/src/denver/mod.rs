//! Denver's traffic accidents and calls to 311, for the `denver/*` questions.
//!
//! Two files that are joined by the names of neighbourhoods, which each spells in its own way.

mod accidents;
mod answers;
mod calls;
mod encoding;
mod neighborhoods;

pub(crate) use accidents::Accidents;
pub(crate) use calls::Calls;

/// A column's name as one of those who made the file wrote it: as it is, in upper case, or with blanks and capitals.
fn header(out: &mut Vec<u8>, names: &[&str]) {
    for (i, name) in names.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        match i % 3 {
            0 => out.extend_from_slice(name.to_uppercase().as_bytes()),
            1 => out.extend_from_slice(name.as_bytes()),
            _ => out.extend_from_slice(title(name).as_bytes()),
        }
    }
    out.push(b'\n');
}

/// `Road Condition` of `road_condition`.
fn title(name: &str) -> String {
    let words = name.split(['_', ' ']).map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        format!("{}{rest}", first.to_uppercase())
    });
    words.collect::<Vec<_>>().join(" ")
}

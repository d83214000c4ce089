//! The table of list functions, which `UNNEST` takes: one entry a function, one idea a file.
//!
//! To add one: write its file with its [`ListFunction`] beside how it takes a value apart, and name that in `FUNCTIONS`.

mod emojis;
mod hashtags;
mod mentions;
mod regexp_extract_all;
mod split;
mod words;

use std::fmt::Debug;

use bumpalo::collections::Vec as ArenaVec;

use super::{Expr, Misuse, Trouble, Type, Typed, Value, operators};

/// A list function as a question can name it.
#[derive(Debug)]
pub struct ListFunction {
    /// Its name, lower case.
    pub name: &'static str,
    /// How it is called.
    pub signature: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Takes the arguments and compiles what is constant.
    pub bind: fn(Vec<Typed>) -> Result<BoundList, Misuse>,
}

/// A list function with its subject and the type of its elements.
#[derive(Debug)]
pub struct BoundList {
    /// The text that is taken apart.
    pub subject: Expr,
    /// How.
    pub list: Box<dyn List>,
    /// What its elements are.
    pub element: Type,
}

/// Takes one value apart.
pub trait List: Debug + Send + Sync {
    /// Calls `each` with the elements of `subject`, in order; none for NULL. An element borrows from the subject or from statics.
    fn each<'a>(&self, subject: Value<'a>, each: &mut dyn FnMut(Value<'a>)) -> Result<(), Trouble>;

    /// The bytes at which alone elements are found, if there are at most four (the same again where there are fewer): who has
    /// marked them in many texts at once may ask [`append_at`](List::append_at), and leave out texts without any.
    fn marks(&self) -> Option<[u8; 4]> {
        None
    }

    /// Appends the elements of `text` at `places`, which are marks, ascending, in a count in which its first byte is `from`; at most one
    /// each. Of all that is before byte `settled` of it the elements were told before; up to where that is so now.
    ///
    /// All marks of a text, in one call or in several, give what [`each`](List::each) gives. Only a list with
    /// [`marks`](List::marks) is asked.
    fn append_at<'a>(
        &self,
        _text: &'a [u8],
        (_places, _from): (&[u32], u32),
        settled: usize,
        _out: &mut ArenaVec<'_, Value<'a>>,
    ) -> usize {
        settled
    }
}

/// The list function called `name` (lower case), if there is one.
pub fn find(name: &str) -> Option<&'static ListFunction> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// All list functions, by name.
pub fn all() -> &'static [ListFunction] {
    &FUNCTIONS
}

static FUNCTIONS: [ListFunction; 6] = [
    emojis::EMOJIS,
    hashtags::HASHTAGS,
    mentions::MENTIONS,
    regexp_extract_all::REGEXP_EXTRACT_ALL,
    split::SPLIT,
    words::WORDS,
];

/// A list of texts out of the text of `subject`.
fn of_text(subject: Typed, list: impl List + 'static) -> Result<BoundList, Misuse> {
    let subject = operators::demand(subject, Type::Text)?.expr;
    Ok(BoundList { subject, list: Box::new(list), element: Type::Text })
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;

    /// The elements of `subject` are `expected`.
    #[track_caller]
    pub(super) fn check(bound: Result<BoundList, Misuse>, subject: &[u8], expected: &[&str]) {
        let bound = bound.unwrap_or_else(|misuse| panic!("{misuse}"));
        let mut found = Vec::new();
        let mut each = |value: Value<'_>| {
            let mut text = Vec::new();
            crate::exprs::write(value, &mut text);
            found.push(if value.is_null() { "NULL".into() } else { String::from_utf8_lossy(&text).into_owned() });
        };
        bound.list.each(Value::Text(subject), &mut each).unwrap();
        assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(subject));
        if let Some(marks) = bound.list.marks() {
            let places = (7u32..).zip(subject).filter(|(_, byte)| marks.contains(byte)).map(|(place, _)| place);
            let mut plain = Vec::new();
            bound.list.each(Value::Text(subject), &mut |value| plain.push(format!("{value:?}"))).unwrap();
            let places = places.collect::<Vec<_>>();
            for n in [places.len().max(1), 1] {
                let (arena, mut settled) = (Bump::new(), 0);
                let mut found = ArenaVec::new_in(&arena);
                places
                    .chunks(n)
                    .for_each(|places| settled = bound.list.append_at(subject, (places, 7), settled, &mut found));
                let marked: Vec<_> = found.iter().map(|value| format!("{value:?}")).collect();
                assert_eq!(marked, plain, "{:?}", String::from_utf8_lossy(subject));
            }
        }
        bound.list.each(Value::Null, &mut |value| panic!("NULL has {value:?}")).unwrap();
    }

    #[test]
    fn list_functions_stand_by_name_and_are_called_as_they_say() {
        assert!(all().is_sorted_by_key(|function| function.name));
        for function in all() {
            assert!(function.signature.starts_with(&format!("{}(", function.name)), "{}", function.signature);
            assert!(function.doc.ends_with('.'), "{}", function.doc);
            assert_eq!(find(function.name).unwrap().name, function.name);
            assert!((function.bind)(vec![]).unwrap_err().way_out.starts_with(function.name));
        }
    }
}

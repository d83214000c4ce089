//! `replace`: every place of a text in another, replaced.

use bumpalo::Bump;
use memchr::memmem;

use super::{Function, required};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::map_text;
use crate::exprs::trouble::Troubles;
use crate::exprs::{Type, Typed, Value, operators};

pub(super) const REPLACE: Function = Function {
    name: "replace",
    signature: "replace(text, from, to)",
    doc: "The text with every place of one text in it replaced by another; left to right, not overlapping.",
    bind: |args| {
        let args: [Typed; 3] = required(args, REPLACE.signature)?;
        let text = format!("replace({}, {}, {})", args[0].text, args[1].text, args[2].text);
        let args = args.into_iter().map(|arg| operators::demand(arg, Type::Text)).collect::<Result<_, _>>()?;
        Typed::call(Replace, args, Type::Text, text)
    },
};

#[derive(Debug)]
struct Replace;

impl Scalar for Replace {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        _: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        // Nearly always the same for all lanes, so its searcher is made once.
        let finder = match args[1] {
            Operand::Constant(Value::Text(from)) => Some(memmem::Finder::new(from)),
            _ => None,
        };
        let mut replaced = Vec::new();
        map_text(args[0], lanes, out, |lane, text| {
            let (Value::Text(from), Value::Text(to)) = (args[1].at(lane), args[2].at(lane)) else { return Value::Null };
            if from.is_empty() {
                return Value::Text(text);
            }
            replaced.clear();
            let mut copied = 0;
            let mut copy = |place: usize| {
                replaced.extend_from_slice(&text[copied..place]);
                replaced.extend_from_slice(to);
                copied = place + from.len();
            };
            match &finder {
                Some(finder) => finder.find_iter(text).for_each(&mut copy),
                None => memmem::find_iter(text, from).for_each(&mut copy),
            }
            if copied == 0 {
                return Value::Text(text);
            }
            replaced.extend_from_slice(&text[copied..]);
            Value::Text(arena.alloc_slice_copy(&replaced))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};
    use crate::exprs::operators::text;

    #[test]
    fn every_place_is_replaced_from_left_to_right() {
        for (field, from, to, expected) in [
            ("a-b-c", "-", "", "abc"),
            ("aaa", "aa", "b", "ba"),
            ("abc", "x", "y", "abc"),
            ("abc", "", "y", "abc"),
            ("", "a", "b", "NULL"),
        ] {
            check((REPLACE.bind)(vec![column(0, Type::Dynamic), text(from), text(to)]), &[field], expected);
        }
        let columns = (0..3).map(|slot| column(slot, Type::Dynamic)).collect();
        check((REPLACE.bind)(columns), &["axa", "a", "bb"], "bbxbb");
    }
}

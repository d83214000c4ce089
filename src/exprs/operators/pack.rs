//! Several values as one: their encodings one after the other, a text. How an aggregate of two arguments gets both.

use bumpalo::Bump;

use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, codec};

/// `values` one after the other, each as [`codec::encode`] has it; NULL where one of the `demanded` is.
pub fn pack(values: Vec<Typed>, demanded: &[usize]) -> Result<Typed, Misuse> {
    let text = values.iter().map(|value| &*value.text).collect::<Vec<_>>().join(", ");
    Typed::call(Pack { demanded: demanded.into() }, values, Type::Text, text)
}

#[derive(Debug)]
struct Pack {
    demanded: Box<[usize]>,
}

impl Scalar for Pack {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        _: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        let mut packed = Vec::new();
        for &lane in lanes {
            out[lane as usize] = if self.demanded.iter().any(|&i| args[i].get(lane).is_null()) {
                Value::Null
            } else {
                packed.clear();
                args.iter().for_each(|arg| codec::encode(arg.at(lane), &mut packed));
                Value::Text(arena.alloc_slice_copy(&packed))
            };
        }
    }
}

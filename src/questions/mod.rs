//! SQL text in, a plan out.

pub mod plan;

//! A field with what stands behind it at hand, so that a short one is read as words whatever its length.
//!
//! The obvious way is a slice, whose length a reader has to branch on before every load. Those branches are mispredicted where
//! lengths vary, as those of names and numbers do.

/// The longest head, in bytes.
pub const HEAD_BYTES: usize = 24;

/// What a field says.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// Begins with the field.
    room: &'a [u8],
    len: usize,
}

impl<'a> Field<'a> {
    /// The first `len` bytes of `room`.
    #[inline]
    pub(super) fn new(room: &'a [u8], len: usize) -> Field<'a> {
        Field { room, len }
    }

    /// Its bytes.
    #[inline]
    pub fn text(&self) -> &'a [u8] {
        &self.room[..self.len]
    }

    /// How many bytes it has.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it says nothing, which is NULL.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Its bytes, then anything; `None` near the end of a block, and where quotes were taken out of it.
    #[inline]
    pub fn head(&self) -> Option<&'a [u8; HEAD_BYTES]> {
        self.room.first_chunk()
    }
}

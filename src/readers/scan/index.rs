//! Where the fields and records of one block end.

/// Two lists: separators (delimiters and record ends outside quotes) by place, records by their last separator.
///
/// ```text
/// bytes   a , b \n c , d \n
/// seps    -1  1  3  5  7        places; seps[0] stands before the first byte
/// ends    -1  1  3              ends[r + 1] is the last separator of record r, counted from 0
/// ```
///
/// The sentinels make every field `seps[i] + 1 .. seps[i + 1]`, without a first case. Both are `u32`, with wrapping −1.
#[derive(Debug, Default)]
pub(crate) struct Index {
    seps: Vec<u32>,
    ends: Vec<u32>,
    n_seps: usize,
    n_ends: usize,
}

/// What a block of 64 bytes may write past the entries that count.
pub(super) const OVERRUN: usize = 64;

impl Index {
    /// Room for the lists of `block_bytes`; it becomes resident only as far as it is used.
    pub(crate) fn for_blocks(block_bytes: usize) -> Index {
        let len = block_bytes + 1 + OVERRUN;
        Index { seps: vec![0; len], ends: vec![0; len], n_seps: 0, n_ends: 0 }
    }

    /// Empties the lists and sees that `n_bytes` separators fit.
    pub(crate) fn clear_for(&mut self, n_bytes: usize) {
        assert!(n_bytes < u32::MAX as usize - OVERRUN, "a block's places fit u32");
        let len = n_bytes + 1 + OVERRUN;
        if self.seps.len() < len {
            self.seps.resize(len, 0);
            self.ends.resize(len, 0);
        }
        self.clear();
    }

    /// Empties the lists.
    pub(crate) fn clear(&mut self) {
        self.seps[0] = u32::MAX;
        self.ends[0] = u32::MAX;
        (self.n_seps, self.n_ends) = (0, 0);
    }

    /// The separators' places, behind the sentinel.
    pub(crate) fn seps(&self) -> &[u32] {
        &self.seps[..=self.n_seps]
    }

    /// The records' last separators, behind the sentinel.
    pub(crate) fn ends(&self) -> &[u32] {
        &self.ends[..=self.n_ends]
    }

    /// Adds one separator by hand.
    pub(crate) fn push(&mut self, place: usize, ends_record: bool) {
        let mut lists = self.lists();
        lists.push(place as u32, ends_record);
        let counts = lists.counts();
        self.set_counts(counts);
    }

    /// Both lists, open for writing.
    pub(super) fn lists(&mut self) -> Lists<'_> {
        Lists { seps: &mut self.seps[1..], ends: &mut self.ends[1..], n_seps: self.n_seps, n_ends: self.n_ends }
    }

    /// What [`Lists::counts`] said when writing ended.
    pub(super) fn set_counts(&mut self, (n_seps, n_ends): (usize, usize)) {
        (self.n_seps, self.n_ends) = (n_seps, n_ends);
    }
}

/// An index being written: slices and counts, so that the loop keeps them in registers.
#[derive(Debug)]
pub(super) struct Lists<'i> {
    seps: &'i mut [u32],
    ends: &'i mut [u32],
    n_seps: usize,
    n_ends: usize,
}

impl Lists<'_> {
    /// How many of each there are.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.n_seps, self.n_ends)
    }

    /// Adds one separator.
    pub(super) fn push(&mut self, place: u32, ends_record: bool) {
        self.seps[self.n_seps] = place;
        if ends_record {
            self.ends[self.n_ends] = self.n_seps as u32;
            self.n_ends += 1;
        }
        self.n_seps += 1;
    }

    /// The next 64 entries of the separators, to be written before `n` of them count; and how many there are already.
    #[inline(always)]
    pub(super) fn add_seps(&mut self, n: usize) -> &mut [u32; OVERRUN] {
        let slot = &mut self.seps[self.n_seps..self.n_seps + OVERRUN];
        self.n_seps += n;
        slot.try_into().expect("the slice is as long as the array")
    }

    /// The same of the record ends.
    #[inline(always)]
    pub(super) fn add_ends(&mut self, n: usize) -> &mut [u32; OVERRUN] {
        let slot = &mut self.ends[self.n_ends..self.n_ends + OVERRUN];
        self.n_ends += n;
        slot.try_into().expect("the slice is as long as the array")
    }
}

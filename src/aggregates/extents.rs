//! Where the slabs of a partition lie: a list that goes to the spill file itself, as often as there are many.
//!
//! The obvious way is a list in memory. But it grows with the input: of a gigabyte of keys that are all different, at 32 MB, ten megabytes.
//! So a list of [`LISTED`] places is written out, and its own place is listed one level above. All places of one partition are in memory
//! while it is folded, since a sample of what is left of it may be asked for: one of 256.

use super::slabs::Extent;
use super::spill::{Position, Spill, Stretch};
use crate::error::Result;

/// Places that are listed in memory, a level.
const LISTED: usize = 32;

/// What a place takes where it is written out.
const PLACE_BYTES: usize = 24;

/// The extents of one partition.
#[derive(Debug, Default)]
pub(super) struct Extents {
    /// Those in memory, of which there are as many as the pool keeps.
    kept: Vec<Extent>,
    /// Places of what was written out; behind them, level by level, those of lists of places of the level before.
    levels: Vec<Vec<Stretch>>,
}

impl Extents {
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.levels.is_empty()
    }

    /// One more.
    pub(super) fn push(&mut self, extent: Extent, spill: &Spill) -> Result<()> {
        match extent {
            Extent::Memory(_) => self.kept.push(extent),
            Extent::Disk(mut place) => {
                for level in 0.. {
                    if self.levels.len() == level {
                        self.levels.push(Vec::with_capacity(LISTED));
                    }
                    let list = &mut self.levels[level];
                    list.push(place);
                    if list.len() < LISTED {
                        break;
                    }
                    let bytes: Vec<u8> = list.drain(..).flat_map(written).collect();
                    place = spill.write(&bytes)?;
                }
            }
        }
        Ok(())
    }

    /// All of them.
    pub(super) fn all(self, spill: &Spill) -> Result<Vec<Extent>> {
        let (mut places, mut bytes) = (Vec::new(), Vec::new());
        for level in self.levels.into_iter().rev() {
            let mut below = Vec::with_capacity(places.len() * LISTED + level.len());
            for list in places {
                spill.read(list, &mut bytes)?;
                below.extend(bytes.as_chunks().0.iter().map(read));
            }
            below.extend(level);
            places = below;
        }
        let mut all = self.kept;
        all.reserve_exact(places.len());
        all.extend(places.into_iter().map(Extent::Disk));
        Ok(all)
    }
}

fn written(place: Stretch) -> [u8; PLACE_BYTES] {
    let words = [place.at.file as u64, place.at.offset, place.len as u64];
    let mut bytes = [0; PLACE_BYTES];
    for (to, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *to = word.to_le_bytes();
    }
    bytes
}

fn read(bytes: &[u8; PLACE_BYTES]) -> Stretch {
    let word = |i: usize| u64::from_le_bytes(bytes.as_chunks().0[i]);
    let size = |word: u64| usize::try_from(word).expect("was one");
    Stretch { at: Position { file: size(word(0)), offset: word(1) }, len: size(word(2)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_was_listed_is_there_and_little_of_it_in_memory() {
        let spill = Spill::new(None, None);
        for n in [0, 1, 31, 32, 33, 1_023, 1_024, 5_000, 40_000] {
            let mut extents = Extents::default();
            assert!(extents.is_empty());
            for i in 0..n {
                let at = Position { file: i % 8, offset: 7 * i as u64 };
                let extent = if i % 9 == 8 && i < 100 {
                    Extent::Memory(vec![0; i])
                } else {
                    Extent::Disk(Stretch { at, len: i })
                };
                extents.push(extent, &spill).expect("disk");
            }
            assert_eq!(extents.is_empty(), n == 0);
            assert!(extents.levels.iter().all(|list| list.len() < LISTED) && extents.levels.len() <= 4);
            let mut lens: Vec<usize> = extents
                .all(&spill)
                .expect("disk")
                .into_iter()
                .map(|extent| match extent {
                    Extent::Memory(slab) => slab.len(),
                    Extent::Disk(Stretch { at, len }) => {
                        assert_eq!((at.file, at.offset), (len % 8, 7 * len as u64));
                        len
                    }
                })
                .collect();
            lens.sort_unstable();
            assert_eq!(lens, (0..n).collect::<Vec<_>>());
        }
    }
}

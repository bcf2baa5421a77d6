//! What no order of transactions explains, seen without one.

use crate::Text;

/// Something that is wrong already by itself, or that cannot be judged. Readers are accesses.
#[derive(Debug, Clone)]
pub(super) enum Wrong {
    /// What cannot be judged: nobody can tell which of two appends a reader saw. By places in the history.
    AppendedTwice { places: [usize; 2], append: Text },
    /// It was told something else than what it had found and done before. By its place in the history.
    Internal { transaction: usize },
    /// It was told an element that nobody appended.
    Nowhere { reader: u32, element: Text },
    /// It was told an element of a transaction that was not done: Adya's G1a.
    Aborted { reader: u32, append: u32 },
    /// It was told an element twice.
    Duplicate { reader: u32, append: u32 },
    /// Neither of two lists is a beginning of the other.
    Orders { readers: [u32; 2] },
    /// Two appends of one transaction are there the other way round, or the second without the first.
    OwnOrder { reader: u32, appends: [u32; 2] },
    /// It found a list whose last element was not the last one that a transaction appended: Adya's G1b.
    Intermediate { reader: u32, append: u32 },
}

//! A long text is searched piece by piece: the readings of all of it at once take some twenty times its size.

use std::ops::Range;

/// How much of a text is searched at once, beside its margins.
const PIECE: usize = 64 * 1024;

/// A piece of a text, with a margin before and after it.
pub(super) struct Window {
    piece: Range<usize>,
    before: usize,
    after: usize,
    pub(super) is_last: bool,
}

impl Window {
    /// The windows over a text: each place belongs to the piece of one of them.
    pub(super) fn over(length: usize, margin: usize) -> impl Iterator<Item = Self> {
        // The last piece is a whole one and the rest, so that what is cut off at the end of the text begins in it.
        let pieces = (length / PIECE).max(1);
        (0..pieces).map(move |index| {
            let is_last = index + 1 == pieces;
            let piece = index * PIECE..if is_last { length } else { (index + 1) * PIECE };
            let (before, after) = (piece.start.min(margin), (length - piece.end).min(margin));
            Self { piece, before, after, is_last }
        })
    }

    /// What is searched of the text.
    pub(super) fn range(&self) -> Range<usize> {
        self.piece.start - self.before..self.piece.end + self.after
    }

    /// What was found in the window, as a part of the text, if it begins in this window's piece. Margins are read from their middle, so what
    /// is found there can be wrong; the window that has it in its piece knows.
    pub(super) fn own(&self, found: &Range<usize>) -> Option<Range<usize>> {
        let start = self.piece.start - self.before;
        let found = start + found.start..start + found.end;
        self.piece.contains(&found.start).then_some(found)
    }
}

//! Where a reader stands, and where it must stop.

use std::io::{self, BufRead, Read};

/// Counts lines and stops at the size limit.
pub(super) struct Counted<R> {
    source: R,
    left: u64,
    /// Line breaks passed.
    pub(super) lines: u64,
    /// Whether the limit was met.
    pub(super) over_limit: bool,
}

impl<R> Counted<R> {
    pub(super) fn new(source: R, limit: u64) -> Self {
        Self { source, left: limit, lines: 0, over_limit: false }
    }
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(into.len());
        for (to, from) in into.iter_mut().zip(available) {
            *to = *from;
        }
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let available = self.source.fill_buf()?;
        if self.left == 0 && !available.is_empty() {
            self.over_limit = true;
            return Err(io::Error::other("the file is over the size limit"));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(available.len());
        Ok(available.get(..most).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        // The bytes are still in the source's buffer, so asking again costs nothing.
        if let Ok(available) = self.source.fill_buf() {
            let passed = available.get(..amount).unwrap_or_default();
            let lines = passed.iter().filter(|byte| **byte == b'\n').count();
            self.lines += u64::try_from(lines).unwrap_or(0);
        }
        self.left = self.left.saturating_sub(u64::try_from(amount).unwrap_or(u64::MAX));
        self.source.consume(amount);
    }
}

// SPDX-License-Identifier: MIT OR Apache-2.0

//! Text cut into blocks of whole lines, which cores can work on by themselves.
//!
//! Memory is bounded whatever the text: of a line that is too long to be a token only the beginning is kept, which is
//! too long as well.

use std::io::{self, BufRead};

use rs256::limits::MAX_TOKEN_LEN;

/// A block is cut after the line that makes it as long as this.
const BLOCK_LEN: usize = 256 * 1024;

/// Longest line that is kept: longer than any token.
const MAX_LINE_LEN: usize = MAX_TOKEN_LEN + 1;

pub struct Blocks<R>(R);

impl<R: BufRead> Blocks<R> {
    pub const fn new(text: R) -> Self {
        Self(text)
    }

    /// Appends a line, without its end; whether there was one.
    fn line(&mut self, block: &mut Vec<u8>) -> io::Result<bool> {
        let start = block.len();
        let mut is_any = false;
        loop {
            let text = self.0.fill_buf()?;
            if text.is_empty() {
                return Ok(is_any);
            }
            is_any = true;
            let end = text.iter().position(|octet| *octet == b'\n');
            let line = &text[..end.unwrap_or(text.len())];
            let room = MAX_LINE_LEN - (block.len() - start);
            block.extend_from_slice(&line[..line.len().min(room)]);
            let used = end.map_or(text.len(), |end| end + 1);
            self.0.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

/// Blocks of lines that end in `\n`.
impl<R: BufRead> Iterator for Blocks<R> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut block = Vec::with_capacity(BLOCK_LEN + 4096);
        while block.len() < BLOCK_LEN {
            match self.line(&mut block) {
                Ok(true) => block.push(b'\n'),
                Ok(false) => break,
                Err(error) => return Some(Err(error)),
            }
        }
        (!block.is_empty()).then_some(Ok(block))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<Vec<u8>> {
        let blocks: Vec<_> = Blocks::new(io::BufReader::with_capacity(7, text))
            .map(Result::unwrap)
            .collect();
        let all = blocks.concat();
        all.split_inclusive(|octet| *octet == b'\n')
            .map(<[u8]>::to_vec)
            .collect()
    }

    #[test]
    fn lines_are_whole() {
        assert_eq!(lines(b""), Vec::<Vec<u8>>::new());
        assert_eq!(
            lines(b"one\n\nthree"),
            [b"one\n".to_vec(), b"\n".to_vec(), b"three\n".to_vec()]
        );
        let many = b"a line of some length\n".repeat(100_000);
        assert_eq!(lines(&many).len(), 100_000);
        assert_eq!(lines(&many).concat(), many);
        assert!(Blocks::new(&many[..]).count() > 5);
    }

    #[test]
    fn a_line_too_long_stays_too_long_and_takes_no_more_memory_than_that() {
        let mut text = vec![b'x'; 10 * MAX_LINE_LEN];
        text.extend_from_slice(b"\nnext\n");
        let lines = lines(&text);
        assert_eq!(lines.iter().map(Vec::len).collect::<Vec<_>>(), [MAX_LINE_LEN + 1, 5]);
    }
}

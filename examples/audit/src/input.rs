// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where the text comes from, and where it goes: files and standard input, plain or gzip.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

const GZIP: &[u8] = b"\x1f\x8b";

/// Text, and its length if that is known.
pub struct Input<R> {
    pub text: R,
    pub octets: Option<u64>,
}

impl<R: BufRead> Input<R> {
    pub fn whole(text: R) -> Self {
        Self { text, octets: None }
    }
}

/// Opens a file, or standard input. What looks like gzip is gzip.
pub fn open(path: Option<&Path>) -> io::Result<Input<Box<dyn BufRead + Send>>> {
    let (text, octets): (Box<dyn Read + Send>, _) = match path.filter(|path| *path != "-") {
        None => (Box::new(io::stdin()), None),
        Some(path) => {
            let describe = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
            let file = File::open(path).map_err(describe)?;
            let octets = file.metadata()?.len();
            (Box::new(file), Some(octets))
        }
    };
    let mut text = BufReader::with_capacity(1 << 16, text);
    if text.fill_buf()?.starts_with(GZIP) {
        let text = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(text));
        return Ok(Input {
            text: Box::new(text),
            octets: None,
        });
    }
    Ok(Input {
        text: Box::new(text),
        octets,
    })
}

/// A file to write lines to; compressed when its name ends in `.gz`.
pub enum Output {
    Plain(BufWriter<File>),
    Gzip(GzEncoder<BufWriter<File>>),
}

pub fn create(path: &Path) -> io::Result<Output> {
    let file = BufWriter::new(File::create(path)?);
    Ok(if path.extension().is_some_and(|extension| extension == "gz") {
        Output::Gzip(GzEncoder::new(file, Compression::fast()))
    } else {
        Output::Plain(file)
    })
}

impl Output {
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file,
            Self::Gzip(file) => file.finish()?,
        }
        .flush()
    }
}

impl Write for Output {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(text),
            Self::Gzip(file) => file.write(text),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Gzip(file) => file.flush(),
        }
    }
}

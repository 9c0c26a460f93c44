// SPDX-License-Identifier: MIT OR Apache-2.0

//! RSA public keys from PEM, the textual form of [RFC 7468](https://www.rfc-editor.org/rfc/rfc7468).
//!
//! The label alone decides how the octets are read; the kind of a key is never guessed from its content. The grammar is
//! that RFC's strict one (section 3): one block, full lines of 64 characters, a shorter last line, nothing between the
//! lines, each ended by LF or CRLF. ASCII whitespace may surround the block, other text may not: a file that explains
//! itself (`openssl x509 -text`) or holds a chain does not say which key is meant, so it is refused.

use base64ct::{Base64, Encoding};

use super::der::{self, RsaParts};
use crate::error::{DerError, PemError};

/// Characters in a full line (RFC 7468 section 2), and the octets that they decode to.
const LINE_CHARS: usize = 64;
const LINE_OCTETS: usize = LINE_CHARS / 4 * 3;

/// Reads the one block of `pem`. Its DER is written to the front of `buf`, where the result borrows from; that takes
/// at most three octets for every four characters of `pem`.
///
/// # Errors
///
/// Private-key labels have an error of their own, and are refused before anything is decoded.
pub(crate) fn parse_pem<'b>(pem: &[u8], buf: &'b mut [u8]) -> Result<RsaParts<'b>, PemError> {
    let text = pem
        .trim_ascii()
        .strip_prefix(b"-----BEGIN ")
        .ok_or(PemError::Boundary)?;
    let (first, mut rest) = split_line(text);
    let label = first.strip_suffix(b"-----").ok_or(PemError::Boundary)?;
    let read: fn(&[u8]) -> Result<RsaParts<'_>, DerError> = match label {
        b"PUBLIC KEY" => der::spki,
        b"RSA PUBLIC KEY" => der::pkcs1,
        b"CERTIFICATE" => der::certificate,
        _ if label.ends_with(b"PRIVATE KEY") => return Err(PemError::PrivateKey),
        _ => return Err(PemError::Label),
    };

    let mut len = 0_usize;
    let mut complete = false;
    loop {
        let (line, next) = split_line(rest);
        if line.starts_with(b"-----") {
            end(line, label, next)?;
            break;
        }
        if line.is_empty() && next.is_empty() {
            // The text is at its end.
            return Err(PemError::Boundary);
        }
        // Only a full line may have a successor.
        if complete || line.is_empty() {
            return Err(PemError::Base64);
        }
        rest = next;
        complete = line.len() < LINE_CHARS || line.ends_with(b"=");
        // A longer line does not fit and is refused by that.
        let mut octets = [0; LINE_OCTETS];
        let octets = Base64::decode(line, &mut octets).map_err(|_| PemError::Base64)?;
        let until = len.saturating_add(octets.len());
        let space = buf.get_mut(len..until).ok_or(PemError::BufferTooSmall)?;
        for (to, from) in space.iter_mut().zip(octets) {
            *to = *from;
        }
        len = until;
    }
    let der = buf.get(..len).ok_or(PemError::BufferTooSmall)?;
    read(der).map_err(PemError::Der)
}

/// Checks the boundary `line` and that nothing comes after it.
fn end(line: &[u8], label: &[u8], after: &[u8]) -> Result<(), PemError> {
    let found = line
        .strip_prefix(b"-----END ")
        .and_then(|line| line.strip_suffix(b"-----"));
    if found != Some(label) {
        Err(PemError::Boundary)
    } else if after.is_empty() {
        Ok(())
    } else if after.trim_ascii_start().starts_with(b"-----BEGIN ") {
        Err(PemError::MoreThanOneBlock)
    } else {
        Err(PemError::Boundary)
    }
}

/// The first line without its end, and what follows it.
fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    let mut lines = text.splitn(2, |octet| *octet == b'\n');
    let line = lines.next().unwrap_or_default();
    match lines.next() {
        // A CR alone ends no line, and is then refused as a character that is not base64.
        Some(rest) => (line.strip_suffix(b"\r").unwrap_or(line), rest),
        None => (line, &[]),
    }
}

#[cfg(test)]
mod tests;

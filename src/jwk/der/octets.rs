// SPDX-License-Identifier: MIT OR Apache-2.0

//! The input of the DER parsers, for which no panic is left after optimisation.
//!
//! `der::SliceReader` reads its single octets with a `copy_from_slice` whose length check the optimiser cannot decide,
//! so a panic would stay in every firmware. This reader is a slice that gets shorter.

use der::{EncodingRules, Error, ErrorKind, Length, Reader};

/// What is left to read.
#[derive(Clone, Debug)]
pub(super) struct Octets<'d> {
    rest: &'d [u8],
    // INVARIANT: the length of `rest`, which fits.
    len: Length,
}

impl<'d> Octets<'d> {
    pub(super) fn new(der: &'d [u8]) -> Result<Self, Error> {
        Ok(Self {
            rest: der,
            len: Length::try_from(der.len())?,
        })
    }
}

impl<'d> Reader<'d> for Octets<'d> {
    const CAN_READ_SLICE: bool = true;

    fn encoding_rules(&self) -> EncodingRules {
        EncodingRules::Der
    }

    fn input_len(&self) -> Length {
        self.len
    }

    /// Always at the front: this reader keeps no past. Positions only fill errors that are not passed on.
    fn position(&self) -> Length {
        Length::ZERO
    }

    fn read_nested<T, F, E>(&mut self, len: Length, f: F) -> Result<T, E>
    where
        E: From<Error>,
        F: FnOnce(&mut Self) -> Result<T, E>,
    {
        let mut nested = Self {
            rest: self.read_slice(len)?,
            len,
        };
        let value = f(&mut nested)?;
        nested.finish()?;
        Ok(value)
    }

    fn read_slice(&mut self, len: Length) -> Result<&'d [u8], Error> {
        let incomplete = ErrorKind::Incomplete {
            expected_len: len,
            actual_len: self.len,
        };
        let (slice, rest) = self.rest.split_at_checked(usize::try_from(len)?).ok_or(incomplete)?;
        (self.rest, self.len) = (rest, self.len.saturating_sub(len));
        Ok(slice)
    }

    fn read_into<'o>(&mut self, buf: &'o mut [u8]) -> Result<&'o [u8], Error> {
        let slice = self.read_slice(buf.len().try_into()?)?;
        for (to, from) in buf.iter_mut().zip(slice) {
            *to = *from;
        }
        Ok(buf)
    }

    fn read_byte(&mut self) -> Result<u8, Error> {
        self.read_slice(Length::ONE)?
            .first()
            .copied()
            .ok_or_else(|| ErrorKind::Failed.into())
    }
}

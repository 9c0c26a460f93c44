// SPDX-License-Identifier: MIT OR Apache-2.0

//! The caller's own claims struct, by way of `serde-json-core` (feature `serde`).
//!
//! Only an accepted token comes here: our own scanner has read the whole text before, so what `serde-json-core` is lax
//! about (numbers such as `007`, junk between values, nesting without end) cannot occur.

use core::fmt;

use serde::Deserialize;

use crate::verifier::AcceptedToken;

/// Why claims did not become the caller's struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum DeserializeError {
    /// A string still holds an escape (`\"`, `\\` or a control character), so it cannot be borrowed:
    /// [`AcceptedToken::deserialize_with_scratch`] takes such claims.
    EscapeRemains,
    /// The claims do not have the form of the struct.
    Form(serde_json_core::de::Error),
}

impl fmt::Display for DeserializeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EscapeRemains => f.write_str("expected claims without escapes that must stay"),
            Self::Form(inner) => inner.fmt(f),
        }
    }
}

impl core::error::Error for DeserializeError {}

impl<'b> AcceptedToken<'b> {
    /// The claims as a struct of the caller's, which may borrow from the token's buffer.
    ///
    /// A claim that is a string or an array cannot be read this way (`serde-json-core` knows no untagged form):
    /// [`Claims::strings`](crate::Claims::strings) takes it.
    ///
    /// # Errors
    ///
    /// [`DeserializeError::EscapeRemains`], [`DeserializeError::Form`].
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(token: rs256::AcceptedToken<'_>) -> Result<(), rs256::DeserializeError> {
    /// #[derive(serde::Deserialize)]
    /// struct MyClaims<'a> {
    ///     sub: &'a str,
    ///     scp: Option<&'a str>,
    /// }
    ///
    /// let claims: MyClaims<'_> = token.deserialize()?;
    /// # let _ = (claims.sub, claims.scp);
    /// # Ok(())
    /// # }
    /// ```
    pub fn deserialize<T: Deserialize<'b>>(&self) -> Result<T, DeserializeError> {
        let json = self.claims().json();
        if json.as_bytes().contains(&b'\\') {
            return Err(DeserializeError::EscapeRemains);
        }
        let (claims, _) = serde_json_core::from_str(json).map_err(DeserializeError::Form)?;
        Ok(claims)
    }

    /// As [`AcceptedToken::deserialize`], for claims in which escapes remain. `scratch` must hold the longest string
    /// once it is unescaped; strings of the struct must be owned ones, such as `heapless::String`.
    ///
    /// # Errors
    ///
    /// [`DeserializeError::Form`], also when a string does not fit into `scratch`.
    pub fn deserialize_with_scratch<T: Deserialize<'b>>(&self, scratch: &mut [u8]) -> Result<T, DeserializeError> {
        let json = self.claims().json();
        let (claims, _) = serde_json_core::from_str_escaped(json, scratch).map_err(DeserializeError::Form)?;
        Ok(claims)
    }
}

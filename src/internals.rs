// SPDX-License-Identifier: MIT OR Apache-2.0

//! Single stages, for the benches and fuzz targets of this repository. Built under a cfg, not a feature, so that nobody
//! comes to depend on it.

use crate::{base64url, error::InvalidBase64url};

/// Decodes strict base64url into the front of `dst` and returns that part.
///
/// # Errors
///
/// [`InvalidBase64url`] when `src` is not strict base64url or `dst` is too short.
pub fn decode_base64url<'b>(src: &[u8], dst: &'b mut [u8]) -> Result<&'b mut [u8], InvalidBase64url> {
    base64url::decode(src, dst)
}

// SPDX-License-Identifier: MIT OR Apache-2.0

//! The answer to a request that is refused: status and challenge as rs256 says, and a body with the code.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rs256::Error;

/// Left in the answer for whoever logs it.
#[derive(Clone, Copy, Debug)]
pub struct RefusalCode(pub &'static str);

/// Seconds after which a client may try again when the fault is ours.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// The answer to a request refused for `error`. `scope` is what it would have needed
/// ([RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
pub fn refusal(error: Error, scope: Option<&'static str>) -> Response {
    let status = StatusCode::from_u16(error.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = format!("{{\"error\":\"{}\"}}\n", error.code());
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    let headers = response.headers_mut();
    let challenge = match (error.challenge(), scope) {
        (Some(challenge), Some(scope)) => HeaderValue::try_from(format!("{challenge}, scope=\"{scope}\"")).ok(),
        (Some(challenge), None) => Some(HeaderValue::from_static(challenge)),
        (None, _) => None,
    };
    if let Some(challenge) = challenge {
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    response.extensions_mut().insert(RefusalCode(error.code()));
    response
}

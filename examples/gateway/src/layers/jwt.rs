// SPDX-License-Identifier: MIT OR Apache-2.0

//! Lets requests with a good token pass, with [`Accepted`](crate::facts::Accepted) among their extensions.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::http::Request;
use axum::response::Response;
use futures_util::future::Either;
use tower::{Layer, Service};

use crate::answer::refusal;
use crate::gate::Gate;

/// A layer that refuses every request without a good token, by 400, 401, 431 or 503.
#[derive(Clone)]
pub struct JwtLayer(Arc<Gate>);

impl JwtLayer {
    pub fn new(gate: Arc<Gate>) -> Self {
        Self(gate)
    }
}

impl<S> Layer<S> for JwtLayer {
    type Service = JwtService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        JwtService {
            gate: self.0.clone(),
            inner,
        }
    }
}

#[derive(Clone)]
pub struct JwtService<S> {
    gate: Arc<Gate>,
    inner: S,
}

impl<B, S> Service<Request<B>> for JwtService<S>
where
    S: Service<Request<B>, Response = Response>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<Result<Response, S::Error>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        match self.gate.admit(request.headers()) {
            Ok(accepted) => {
                request.extensions_mut().insert(accepted);
                Either::Left(self.inner.call(request))
            }
            Err(error) => Either::Right(ready(Ok(refusal(error, None)))),
        }
    }
}

// SPDX-License-Identifier: MIT OR Apache-2.0

//! A layer like [`JwtLayer`](rs256_gateway::layers::JwtLayer), with any function in the place of the gate.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::future::Either;
use rs256_gateway::facts::Accepted;
use tower::{Layer, Service};

type Admit = dyn Fn(&HeaderMap) -> Option<Accepted> + Send + Sync;

#[derive(Clone)]
pub struct AdmitLayer(pub Arc<Admit>);

impl<S> Layer<S> for AdmitLayer {
    type Service = AdmitService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        AdmitService {
            admit: self.0.clone(),
            inner,
        }
    }
}

#[derive(Clone)]
pub struct AdmitService<S> {
    admit: Arc<Admit>,
    inner: S,
}

impl<B, S: Service<Request<B>, Response = Response>> Service<Request<B>> for AdmitService<S> {
    type Response = Response;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<Result<Response, S::Error>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        match (self.admit)(request.headers()) {
            Some(accepted) => {
                request.extensions_mut().insert(accepted);
                Either::Left(self.inner.call(request))
            }
            None => Either::Right(ready(Ok(StatusCode::UNAUTHORIZED.into_response()))),
        }
    }
}

// SPDX-License-Identifier: MIT OR Apache-2.0

//! Lets accepted requests pass that hold a role or a scope; 403 for the others. Goes inside of
//! [`JwtLayer`](super::JwtLayer).

use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::future::Either;
use rs256::PolicyError;
use rs256::roles::RoleSet;
use tower::{Layer, Service};
use tracing::{error, info};

use crate::answer::refusal;
use crate::facts::Accepted;
use crate::metrics::Metrics;

/// A layer for routes that need all of these roles.
#[derive(Clone)]
pub struct RequireRole {
    metrics: Arc<Metrics>,
    roles: RoleSet,
}

impl RequireRole {
    pub fn new(metrics: Arc<Metrics>, roles: RoleSet) -> Self {
        Self { metrics, roles }
    }
}

impl<S> Layer<S> for RequireRole {
    type Service = RequireService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireService {
            metrics: self.metrics.clone(),
            required: Required::Roles(self.roles),
            inner,
        }
    }
}

/// A layer for routes that need this scope: a permission of the *client*, which says nothing about the user.
#[derive(Clone)]
pub struct RequireScope {
    metrics: Arc<Metrics>,
    scope: &'static str,
}

impl RequireScope {
    pub fn new(metrics: Arc<Metrics>, scope: &'static str) -> Self {
        Self { metrics, scope }
    }
}

impl<S> Layer<S> for RequireScope {
    type Service = RequireService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireService {
            metrics: self.metrics.clone(),
            required: Required::Scope(self.scope),
            inner,
        }
    }
}

#[derive(Clone, Copy)]
enum Required {
    Roles(RoleSet),
    Scope(&'static str),
}

impl Required {
    /// Decides, and says so in the log: bit sets and names of ours, nothing of the token.
    fn check(self, accepted: &Accepted) -> Result<(), PolicyError> {
        match self {
            Self::Roles(roles) => {
                let decision = accepted.held().require(roles);
                info!(code = decision.code(), required = %decision.required(), held = %decision.held(), "access by role");
                decision.granted()
            }
            Self::Scope(required) => {
                let is_granted = accepted.scopes().any(|scope| scope == required);
                let code = if is_granted { "granted" } else { "insufficient_scope" };
                info!(code, required, "access by scope");
                if is_granted {
                    Ok(())
                } else {
                    Err(PolicyError::InsufficientScope)
                }
            }
        }
    }

    const fn scope(self) -> Option<&'static str> {
        match self {
            Self::Roles(_) => None,
            Self::Scope(scope) => Some(scope),
        }
    }
}

#[derive(Clone)]
pub struct RequireService<S> {
    metrics: Arc<Metrics>,
    required: Required,
    inner: S,
}

impl<B, S> Service<Request<B>> for RequireService<S>
where
    S: Service<Request<B>, Response = Response>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<Result<Response, S::Error>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let Some(accepted) = request.extensions().get::<Accepted>() else {
            // A mistake in how the layers are put together must not open a door.
            error!("a route needs a role or scope, but no layer authenticates its requests");
            return Either::Right(ready(Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response())));
        };
        match self.required.check(accepted) {
            Ok(()) => {
                self.metrics.decision("granted");
                Either::Left(self.inner.call(request))
            }
            Err(error) => {
                let error = rs256::Error::from(error);
                self.metrics.decision(error.code());
                Either::Right(ready(Ok(refusal(error, self.required.scope()))))
            }
        }
    }
}

// SPDX-License-Identifier: MIT OR Apache-2.0

//! The API behind the gate: three routes, and which of them needs what.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{Route, get, post};
use axum::{Extension, Json, Router};
use serde_json::{Value, json};
use tower::{Layer, Service};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tracing::info;

use crate::answer::RefusalCode;
use crate::facts::Accepted;
use crate::layers::{RequireRole, RequireScope};
use crate::metrics::Metrics;
use crate::roles::{APPROVER, READER};

/// Longest body of a request.
const MAX_BODY_LEN: usize = 64 * 1024;

/// The routes, behind `authenticate`.
pub fn router<L>(authenticate: L, metrics: &Arc<Metrics>, timeout: Duration) -> Router
where
    L: Layer<Route> + Clone + Send + Sync + 'static,
    L::Service: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request>>::Future: Send + 'static,
{
    let role = |role| RequireRole::new(metrics.clone(), role);
    let scope = |scope| RequireScope::new(metrics.clone(), scope);
    Router::new()
        .route("/me", get(me))
        .route(
            "/orders",
            get(orders).route_layer(role(READER)).route_layer(scope("orders.read")),
        )
        .route("/orders/{id}/approval", post(approve).route_layer(role(APPROVER)))
        .route_layer(authenticate)
        // From here on outwards, for every request.
        .layer(RequestBodyLimitLayer::new(MAX_BODY_LEN))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, timeout))
        .layer(middleware::from_fn_with_state(metrics.clone(), observe))
}

/// Whose token it is, and what it gives.
async fn me(Extension(accepted): Extension<Accepted>) -> Json<Value> {
    Json(json!({
        "issuer": accepted.issuer(),
        "subject": accepted.subject(),
        "expires": accepted.expires().map(|date| date.as_secs()),
        "roles": accepted.held().roles().bits(),
        "scopes": accepted.scopes().collect::<Vec<_>>(),
    }))
}

async fn orders() -> Json<Value> {
    Json(json!([{ "id": 1, "item": "tea" }, { "id": 2, "item": "a kettle" }]))
}

async fn approve(Path(id): Path<u32>, Extension(accepted): Extension<Accepted>, note: String) -> Json<Value> {
    Json(json!({ "id": id, "approved_by": accepted.subject(), "note_len": note.len() }))
}

/// One line and one measurement for each request. The route is ours; its path, which the client wrote, is not logged.
async fn observe(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    metrics.response(status, start.elapsed());
    let code = response.extensions().get::<RefusalCode>().map(|code| code.0);
    let route = route.as_ref().map(MatchedPath::as_str);
    info!(%method, route, status, code, micros = start.elapsed().as_micros() as u64, "request");
    response
}

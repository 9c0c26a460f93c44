// SPDX-License-Identifier: MIT OR Apache-2.0

//! What operators ask: metrics, health and readiness, on an address of their own.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::gate::Gate;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub fn router(gate: Arc<Gate>) -> Router {
    Router::new()
        // The process runs. An ill issuer is no reason to restart it: its keys are still good.
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(gate)
}

/// Whether to send requests here: somebody's tokens can be accepted.
async fn ready(State(gate): State<Arc<Gate>>) -> (StatusCode, &'static str) {
    if gate.is_ready() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no fresh keys\n")
    }
}

async fn metrics(State(gate): State<Arc<Gate>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, OPEN_METRICS)], gate.metrics.text(&gate))
}

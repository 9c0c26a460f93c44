// SPDX-License-Identifier: MIT OR Apache-2.0

//! A service that verifies a bearer token with every request, and goes on when its issuer does not.
//!
//! Read it in this order; each module is one idea.

// What the operator says.
pub mod config;

// One request: verified (`gate`), by layers around the routes of the API (`app`), or refused (`answer`).
pub mod answer;
pub mod app;
pub mod facts;
pub mod gate;
pub mod layers;
pub mod roles;

// What a request is verified with: policies, keys, remembered signatures, withdrawn tokens, the time.
pub mod authority;
pub mod cache;
pub mod clock;
pub mod keyring;
pub mod revocation;

// In the background: when to fetch keys (`refresher`, which obeys `rs256::rotation`) and how.
pub mod fetch;
pub mod refresher;

// Around it: sockets, metrics, health, start and stop.
pub mod gateway;
pub mod metrics;
pub mod operations;
pub mod serve;

// For the demonstration and the tests: an issuer that can be made to misbehave.
pub mod synthetic;

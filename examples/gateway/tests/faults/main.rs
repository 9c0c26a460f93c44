// SPDX-License-Identifier: MIT OR Apache-2.0

//! Fault tests, end to end: a gateway, its issuer and its clients, with real sockets on loopback, while things break.
//!
//! `cargo test --release` runs them one after the other and prints a table: what was sent, what was broken, and how many
//! answers were wrong, of which there must be none. `cargo test --release --test faults -- NAME` runs those whose name
//! contains NAME.

mod client;
mod clock;
mod load;
mod log;
mod probes;
mod world;

mod answers;
mod clients;
mod configuration;
mod issuers;
mod keys;
mod providers;
mod stop;
mod time;

use std::process::ExitCode;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use futures_util::future::BoxFuture;
use peak_alloc::PeakAlloc;

use crate::log::Log;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// More memory in use after a scenario than before it, and something was kept that should not be.
const MAX_GROWTH: usize = 2 * 1024 * 1024;

/// What a scenario did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// Requests whose answer was compared with what it should be.
    pub requests: u64,
    /// Those among them with another answer, or none.
    pub wrong: u64,
    pub faults: u64,
}

type Scenario = (&'static str, fn() -> BoxFuture<'static, Figures>);

/// A scenario by the name of its function.
macro_rules! scenarios {
    ($($module:ident::$name:ident),+ $(,)?) => {
        [$((stringify!($name), || Box::pin($module::$name()))),+]
    };
}

const SCENARIOS: [Scenario; 22] = scenarios![
    answers::statuses_and_challenges,
    answers::withdrawn_tokens,
    providers::entra_tokens,
    providers::adfs_tokens,
    providers::metadata_of_another,
    issuers::down_at_the_start,
    issuers::down_later,
    issuers::bad_key_sets,
    issuers::bad_metadata,
    issuers::blocked_past_max_stale,
    issuers::one_of_two_is_down,
    keys::rotated_under_load,
    keys::new_key_under_an_old_name,
    keys::random_kids,
    time::steps_of_the_clock,
    time::tokens_expire_by_the_clock,
    clients::connection_flood,
    clients::more_connections_than_allowed,
    clients::slow_and_broken_clients,
    clients::oversized_requests,
    stop::open_requests_are_finished,
    configuration::mistakes_in_the_configuration,
];

fn main() -> ExitCode {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let log = Log::install();
    let wanted = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'))
        .unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    // What is made once, and is not to be counted.
    probes::keys();

    println!(
        "\n| {:34} | {:>9} | {:>7} | {:>6} | {:>6} | {:>9} |",
        "scenario", "requests", "faults", "wrong", "s", "kB kept"
    );
    println!(
        "| {:-<34} | {:->8}: | {:->6}: | {:->5}: | {:->5}: | {:->8}: |",
        "", "", "", "", "", ""
    );
    let (mut total, mut is_flat) = (Figures::default(), true);
    let start = Instant::now();
    for (name, scenario) in SCENARIOS.iter().filter(|(name, _)| name.contains(&wanted)) {
        let (before, begun) = (MEMORY.current_usage(), Instant::now());
        let figures = runtime.block_on(scenario());
        let growth = MEMORY.current_usage().saturating_sub(before);
        is_flat &= growth < MAX_GROWTH;
        row(&name.replace('_', " "), figures, begun, growth);
        total.requests += figures.requests;
        total.wrong += figures.wrong;
        total.faults += figures.faults;
    }
    row("all", total, start, 0);
    let (lines, leaks) = (log.lines.load(Relaxed), log.leaks.load(Relaxed));
    println!("\n{lines} lines of log, {leaks} with text of a token");
    println!(
        "{} requests, {} faults injected, wrong answers: {}",
        total.requests, total.faults, total.wrong
    );
    if total.wrong == 0 && leaks == 0 && is_flat {
        ExitCode::SUCCESS
    } else {
        println!("FAILED");
        ExitCode::FAILURE
    }
}

fn row(name: &str, figures: Figures, start: Instant, growth: usize) {
    let Figures {
        requests,
        wrong,
        faults,
    } = figures;
    let (secs, kept) = (start.elapsed().as_secs_f32(), growth / 1024);
    println!("| {name:34} | {requests:9} | {faults:7} | {wrong:6} | {secs:6.1} | {kept:9} |");
}

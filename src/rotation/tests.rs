// SPDX-License-Identifier: MIT OR Apache-2.0

use super::*;

fn at(secs: u64) -> NumericDate {
    NumericDate::from_secs(secs)
}

fn start(rotation: &mut Rotation, secs: u64) -> Fetch {
    match rotation.poll(at(secs)) {
        Action::Fetch(fetch) => fetch,
        Action::Wait(until) => panic!("at {secs} no fetch before {until}"),
    }
}

/// A machine without jitter whose keys were fetched at `secs`.
fn fetched_at(secs: u64) -> Rotation {
    let mut rotation = Rotation::new(0);
    let fetch = start(&mut rotation, secs);
    rotation.on_fetched(fetch, Outcome::Good, at(secs));
    rotation
}

#[test]
fn fetches_at_the_start_and_every_hour() {
    let mut rotation = Rotation::new(0);
    assert_eq!(rotation.freshness(at(1000)), Freshness::Stale);
    let fetch = start(&mut rotation, 1000);
    assert_eq!(rotation.poll(at(1002)), Action::Wait(at(1030)));
    rotation.on_fetched(fetch, Outcome::Good, at(1003));
    assert_eq!(rotation.freshness(at(1003)), Freshness::Fresh);
    assert_eq!(rotation.poll(at(1003)), Action::Wait(at(4603)));
    assert_eq!(rotation.poll(at(4602)), Action::Wait(at(4603)));
    let _ = start(&mut rotation, 4603);
}

#[test]
fn pauses_double_up_to_a_cap_and_a_good_fetch_resets_them() {
    let mut rotation = Rotation::new(0);
    let mut now = 1000;
    for pause in [5, 10, 20, 40, 80, 160, 300, 300] {
        let fetch = start(&mut rotation, now);
        rotation.on_fetched(fetch, Outcome::Failed, at(now));
        // Nobody shortens the pause.
        assert_eq!(rotation.on_unknown_kid(at(now)), Action::Wait(at(now + pause)));
        now += pause;
    }
    for _ in 0..300 {
        let fetch = start(&mut rotation, now);
        rotation.on_fetched(fetch, Outcome::Failed, at(now));
        assert_eq!(rotation.poll(at(now)), Action::Wait(at(now + 300)));
        now += 300;
    }
    let fetch = start(&mut rotation, now);
    rotation.on_fetched(fetch, Outcome::Good, at(now));
    now += 3600;
    let fetch = start(&mut rotation, now);
    rotation.on_fetched(fetch, Outcome::Failed, at(now));
    assert_eq!(rotation.poll(at(now)), Action::Wait(at(now + 5)));
}

#[test]
fn an_unknown_kid_is_remembered_until_the_interval_has_passed() {
    let mut rotation = fetched_at(1000);
    assert_eq!(rotation.on_unknown_kid(at(1010)), Action::Wait(at(1300)));
    assert_eq!(rotation.on_unknown_kid(at(1020)), Action::Wait(at(1300)));
    assert_eq!(rotation.poll(at(1299)), Action::Wait(at(1300)));
    let fetch = start(&mut rotation, 1300);
    rotation.on_fetched(fetch, Outcome::Good, at(1301));
    // It is done with; without another one the next fetch is the ordinary one.
    assert_eq!(rotation.poll(at(1301)), Action::Wait(at(4901)));
    // After a long silence it is fetched for at once.
    assert!(matches!(rotation.on_unknown_kid(at(3000)), Action::Fetch(_)));
    assert_eq!(rotation.on_unknown_kid(at(3000)), Action::Wait(at(3030)));
}

#[test]
fn a_fetch_without_an_answer_fails_after_its_time() {
    let mut rotation = fetched_at(1000);
    let fetch = start(&mut rotation, 4600);
    assert_eq!(rotation.poll(at(4629)), Action::Wait(at(4630)));
    assert_eq!(rotation.poll(at(4630)), Action::Wait(at(4635)));
    // Its answer comes after all, and no newer fetch was started.
    assert!(rotation.expects(&fetch));
    rotation.on_fetched(fetch, Outcome::Good, at(4633));
    assert_eq!(rotation.poll(at(4633)), Action::Wait(at(4633 + 3600)));
    // The age counts from the start of the fetch.
    assert_eq!(rotation.freshness(at(4600 + 86_400)), Freshness::Fresh);
    assert_eq!(rotation.freshness(at(4600 + 86_401)), Freshness::Stale);
}

#[test]
fn a_failure_counts_once_though_its_time_was_up() {
    let mut rotation = fetched_at(1000);
    let fetch = start(&mut rotation, 4600);
    assert_eq!(rotation.poll(at(4630)), Action::Wait(at(4635)));
    rotation.on_fetched(fetch, Outcome::Failed, at(4631));
    let fetch = start(&mut rotation, 4635);
    rotation.on_fetched(fetch, Outcome::Failed, at(4635));
    assert_eq!(rotation.poll(at(4635)), Action::Wait(at(4645)));
}

#[test]
fn an_old_answer_changes_nothing() {
    let mut rotation = fetched_at(1000);
    let old = start(&mut rotation, 4600);
    assert_eq!(rotation.poll(at(4630)), Action::Wait(at(4635)));
    let new = start(&mut rotation, 4635);
    assert!(!rotation.expects(&old) && rotation.expects(&new));
    rotation.on_fetched(old, Outcome::Good, at(4640));
    // Still under way.
    assert_eq!(rotation.poll(at(4640)), Action::Wait(at(4665)));
    assert_eq!(rotation.freshness(at(1000 + 86_401)), Freshness::Stale);
    rotation.on_fetched(new, Outcome::Good, at(4641));
    assert_eq!(rotation.freshness(at(1000 + 86_401)), Freshness::Fresh);
}

#[test]
fn keys_are_stale_after_max_stale_and_never_when_that_is_waived() {
    let day = 86_400;
    for (rotation, fresh, stale) in [
        (fetched_at(1000), 1000 + day, Some(1000 + day + 1)),
        (
            Rotation {
                max_stale: Some(600),
                ..fetched_at(1000)
            },
            1600,
            Some(1601),
        ),
        (fetched_at(1000).unlimited_staleness(), u64::MAX, None),
    ] {
        assert_eq!(rotation.freshness(at(fresh)), Freshness::Fresh);
        for stale in stale.into_iter().flat_map(|stale| [stale, u64::MAX]) {
            assert_eq!(rotation.freshness(at(stale)), Freshness::Stale);
        }
    }
}

#[test]
fn keys_from_before_a_restart_have_their_age() {
    let mut rotation = Rotation::new(0);
    rotation.on_restored(at(1000), at(50_000));
    assert_eq!(rotation.freshness(at(1000 + 86_400)), Freshness::Fresh);
    assert_eq!(rotation.freshness(at(1000 + 86_401)), Freshness::Stale);
    assert!(matches!(rotation.poll(at(50_000)), Action::Fetch(_)));
    // From the future: one of the clocks is wrong.
    rotation.on_restored(at(50_001), at(50_000));
    assert_eq!(rotation.freshness(at(50_000)), Freshness::Stale);
}

#[test]
fn a_clock_that_steps_changes_no_duration() {
    let mut rotation = fetched_at(1_000_000);
    // Back by days: nothing is due, and what was left is left.
    assert_eq!(rotation.poll(at(1_000_600)), Action::Wait(at(1_003_600)));
    assert_eq!(rotation.poll(at(5)), Action::Wait(at(3005)));
    assert_eq!(rotation.freshness(at(0)), Freshness::Fresh);
    assert_eq!(rotation.on_unknown_kid(at(4)), Action::Fetch(Fetch(2)));
    assert_eq!(rotation.on_unknown_kid(at(3)), Action::Wait(at(33)));
    // To the end of time and back, again and again: one fetch, a pause, and so on.
    let mut fetches = 0;
    for _ in 0..100 {
        for now in [u64::MAX, 0] {
            if matches!(rotation.poll(at(now)), Action::Fetch(_)) {
                fetches += 1;
            }
        }
    }
    assert!((50..=100).contains(&fetches), "{fetches}");
    assert_eq!(rotation.freshness(at(0)), Freshness::Stale);
}

#[test]
fn durations_saturate() {
    let all = u64::from(u32::MAX);
    let mut rotation = Rotation::new(0);
    let fetch = start(&mut rotation, 1000);
    assert_eq!(rotation.poll(at(1001)), Action::Wait(at(1030)));
    assert_eq!(rotation.poll(at(1001 + all)), Action::Wait(at(1006 + all)));
    rotation.on_fetched(fetch, Outcome::Good, at(1001 + all));
    assert_eq!(rotation.freshness(at(1001 + all)), Freshness::Stale);

    let mut rotation = Rotation::new(0);
    let fetch = start(&mut rotation, 1000);
    rotation.on_fetched(fetch, Outcome::Good, at(1001));
    assert_eq!(rotation.freshness(at(1001 + all)), Freshness::Stale);
}

#[test]
fn jitter_lengthens_by_up_to_an_eighth() {
    for (jitter, refresh, retry) in [(0, 3600, 300), (u32::MAX / 2, 3824, 318), (u32::MAX, 4049, 337)] {
        let mut rotation = Rotation::new(jitter);
        let fetch = start(&mut rotation, 1000);
        rotation.on_fetched(fetch, Outcome::Good, at(1000));
        assert_eq!(rotation.poll(at(1000)), Action::Wait(at(1000 + refresh)));
        rotation.failures = 200;
        rotation.fail();
        assert_eq!(rotation.poll(at(1000)), Action::Wait(at(1000 + retry)));
    }
}

#[test]
fn intervals_have_a_floor_and_saturate() {
    for secs in [0, 1, 10, u32::MAX] {
        let mut rotation = Rotation::new(u32::MAX)
            .refresh(secs)
            .unknown_kid_interval(secs)
            .max_stale(secs);
        let fetch = start(&mut rotation, 1000);
        rotation.on_fetched(fetch, Outcome::Good, at(1000));
        for action in [rotation.poll(at(1000)), rotation.on_unknown_kid(at(1000))] {
            assert!(
                matches!(action, Action::Wait(until) if until >= at(1010)),
                "{secs}: {action:?}"
            );
        }
    }
    // Keys are refreshed before they are stale.
    let mut rotation = Rotation::new(0).max_stale(600);
    let fetch = start(&mut rotation, 1000);
    rotation.on_fetched(fetch, Outcome::Good, at(1000));
    assert_eq!(rotation.poll(at(1000)), Action::Wait(at(1300)));
}

#[test]
fn the_machine_is_small() {
    assert!(size_of::<Rotation>() <= 64);
}

// SPDX-License-Identifier: MIT OR Apache-2.0

//! Key rotation: the machine against a naive model that keeps a diary, and the keys through answers of every kind.

use proptest::prelude::*;
use rs256::rotation::{Action, AnswerError, Fetch, Freshness, Outcome, RotatingKeys, Rotation};
use rs256::{Authority, Error, Issuer, KeySelectionError, LoadError, NumericDate, Policy, Verifier};

mod common;

use common::{read, text};

static ENTRA: Policy<'static> = Policy::new(
    Issuer::exact("https://login.microsoftonline.com/7f1d0c3e-52a4-4b86-9e0b-3a6d5c2f8e14/v2.0"),
    &["b2c9a7d4-1e63-4f58-8a0d-6c4e9b7f2d31"],
);
static ADFS: Policy<'static> = Policy::new(
    Issuer::exact("http://fs.contoso.example/adfs/services/trust"),
    &["microsoft:identityserver:https://orders.contoso.example/api"],
);
const CLOCK: u64 = 1_760_000_000;

fn at(secs: u64) -> NumericDate {
    NumericDate::from_secs(secs)
}

// ---- the machine against the model ----

#[derive(Clone, Copy, Debug)]
struct Settings {
    refresh: u32,
    unknown_kid_interval: u32,
    max_stale: Option<u32>,
    jitter: u32,
}

impl Settings {
    fn rotation(self) -> Rotation {
        let rotation = Rotation::new(self.jitter)
            .refresh(self.refresh)
            .unknown_kid_interval(self.unknown_kid_interval);
        match self.max_stale {
            Some(secs) => rotation.max_stale(secs),
            None => rotation.unlimited_staleness(),
        }
    }

    fn lengthened(self, secs: u64) -> u64 {
        secs + (u128::from(secs) * u128::from(self.jitter) / (8 << 32)) as u64
    }
}

/// What happened, in the order in which it did.
#[derive(Clone, Copy, Debug)]
enum Event {
    Start,
    Good { started: u64 },
    Failed,
    UnknownKid,
}

/// The rules of the documentation, worked out anew from the whole diary for each question.
struct Model {
    settings: Settings,
    /// The caller's clock as last heard of.
    heard: Option<u64>,
    /// A clock that never steps back; the diary's.
    time: u64,
    diary: Vec<(u64, Event)>,
}

impl Model {
    fn hear(&mut self, clock: u64) {
        self.time = self.time_at(clock);
        self.heard = Some(clock);
    }

    fn time_at(&self, clock: u64) -> u64 {
        self.time + self.heard.map_or(0, |heard| clock.saturating_sub(heard))
    }

    fn last_start(&self) -> Option<u64> {
        let starts = self.diary.iter().filter(|(_, event)| matches!(event, Event::Start));
        starts.map(|(time, _)| *time).next_back()
    }

    /// The start of the fetch that is under way.
    fn in_flight(&self) -> Option<u64> {
        let last = self
            .diary
            .iter()
            .rfind(|(_, event)| !matches!(event, Event::UnknownKid))?;
        matches!(last.1, Event::Start).then_some(last.0)
    }

    fn due(&self) -> u64 {
        let Settings {
            refresh,
            unknown_kid_interval,
            max_stale,
            ..
        } = self.settings;
        let mut failures = 0;
        let mut due = 0;
        let mut start = 0;
        for (time, event) in &self.diary {
            match event {
                Event::Start => start = *time,
                Event::Good { .. } => {
                    failures = 0;
                    let refresh = refresh.min(max_stale.map_or(u32::MAX, |secs| secs / 2)).max(10);
                    due = time + self.settings.lengthened(u64::from(refresh));
                }
                Event::Failed => {
                    failures += 1;
                    due = time + self.settings.lengthened((5 << (failures - 1).min(20)).min(300));
                }
                Event::UnknownKid if failures == 0 && start != 0 => {
                    due = due.min(start + u64::from(unknown_kid_interval));
                }
                Event::UnknownKid => {}
            }
        }
        due
    }

    /// `None`: fetch; else how long to wait.
    fn poll(&mut self) -> Option<u64> {
        if let Some(start) = self.in_flight() {
            if self.time < start + 30 {
                return Some(start + 30 - self.time);
            }
            self.diary.push((self.time, Event::Failed));
        }
        let due = self.due();
        if self.time < due {
            return Some(due - self.time);
        }
        self.diary.push((self.time, Event::Start));
        None
    }

    fn is_fresh(&self, clock: u64) -> bool {
        let time = self.time_at(clock);
        let good = self.diary.iter().rev().find_map(|(_, event)| match event {
            Event::Good { started } => Some(*started),
            _ => None,
        });
        good.is_some_and(|started| {
            self.settings
                .max_stale
                .is_none_or(|max_stale| time - started <= u64::from(max_stale))
        })
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Forward(u64),
    Back(u64),
    Poll,
    UnknownKid,
    /// Answers one of the fetches that are owed an answer, the newest or an older one.
    Answer(usize, bool),
}

fn settings() -> impl Strategy<Value = Settings> {
    let max_stale = prop_oneof![
        2 => Just(Some(86_400)),
        1 => (10..5000_u32).prop_map(Some),
        1 => Just(None),
    ];
    (10..4000_u32, 10..400_u32, max_stale, any::<u32>()).prop_map(
        |(refresh, unknown_kid_interval, max_stale, jitter)| Settings {
            refresh,
            unknown_kid_interval,
            max_stale,
            jitter,
        },
    )
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..40_u64).prop_map(Step::Forward),
        2 => (0..1000_u64).prop_map(Step::Forward),
        1 => (0..100_000_u64).prop_map(Step::Forward),
        1 => (0..100_000_u64).prop_map(Step::Back),
        6 => Just(Step::Poll),
        6 => Just(Step::UnknownKid),
        6 => (0..3_usize, any::<bool>()).prop_map(|(index, is_good)| Step::Answer(index, is_good)),
    ];
    proptest::collection::vec(step, 0..300)
}

proptest! {
    #[test]
    fn behaves_like_the_diary(settings in settings(), steps in steps()) {
        let mut rotation = settings.rotation();
        let mut model = Model { settings, heard: None, time: 1, diary: Vec::new() };
        let mut clock = CLOCK;
        // fetches owed an answer, oldest first, with their start
        let mut owed: Vec<(Fetch, u64)> = Vec::new();
        for step in steps {
            match step {
                Step::Forward(secs) => clock += secs,
                Step::Back(secs) => clock -= secs,
                Step::Poll | Step::UnknownKid => {
                    model.hear(clock);
                    let action = if matches!(step, Step::Poll) {
                        rotation.poll(at(clock))
                    } else {
                        if model.in_flight().is_none() {
                            model.diary.push((model.time, Event::UnknownKid));
                        }
                        rotation.on_unknown_kid(at(clock))
                    };
                    match (action, model.poll()) {
                        (Action::Fetch(fetch), None) => owed.push((fetch, model.time)),
                        (Action::Wait(until), Some(left)) => prop_assert_eq!(until, at(clock + left)),
                        (action, expected) => prop_assert!(false, "{:?} instead of {:?}", action, expected),
                    }
                }
                Step::Answer(index, is_good) => {
                    if index < owed.len() {
                        model.hear(clock);
                        let is_newest = index == owed.len() - 1 && owed[index].1 == model.last_start().unwrap();
                        let (fetch, started) = owed.remove(index);
                        prop_assert_eq!(rotation.expects(&fetch), is_newest);
                        let outcome = if is_good { Outcome::Good } else { Outcome::Failed };
                        rotation.on_fetched(fetch, outcome, at(clock));
                        if is_newest && is_good {
                            model.diary.push((model.time, Event::Good { started }));
                        } else if is_newest && model.in_flight().is_some() {
                            model.diary.push((model.time, Event::Failed));
                        }
                    }
                }
            }
            let fresh = rotation.freshness(at(clock)) == Freshness::Fresh;
            prop_assert_eq!(fresh, model.is_fresh(clock));
        }
        check_promises(&model);

        // From wherever it is: polling at the times named leads to a fetch.
        let mut polls = 0;
        loop {
            match rotation.poll(at(clock)) {
                Action::Fetch(_) => break,
                Action::Wait(until) => {
                    prop_assert!(until > at(clock));
                    clock = until.as_secs();
                }
            }
            polls += 1;
            prop_assert!(polls <= 2);
        }
    }

    /// Unknown kids without end, an issuer that answers well or badly or not at all, a background task that polls.
    #[test]
    fn a_flood_of_unknown_kids_spends_one_fetch_an_interval(
        settings in settings(),
        gaps in proptest::collection::vec(0..3_u64, 1000),
    ) {
        let mut rotation = settings.rotation();
        let mut now = CLOCK;
        let mut starts = Vec::new();
        for gap in gaps {
            now += gap;
            for action in [rotation.on_unknown_kid(at(now)), rotation.poll(at(now))] {
                if let Action::Fetch(fetch) = action {
                    starts.push(now);
                    rotation.on_fetched(fetch, Outcome::Good, at(now));
                }
            }
        }
        let interval = u64::from(settings.unknown_kid_interval.min(settings.refresh))
            .min(settings.max_stale.map_or(u64::MAX, |secs| u64::from(secs / 2)))
            .max(10);
        prop_assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= interval));
        prop_assert!(starts.len() as u64 <= (now - CLOCK) / interval + 1);
    }
}

/// The promises of the documentation, checked on the diary without the model's rules.
fn check_promises(model: &Model) {
    let mut failures = 0;
    let mut start: Option<u64> = None;
    let mut is_answered = true;
    let Settings {
        refresh,
        unknown_kid_interval,
        max_stale,
        ..
    } = model.settings;
    let shortest = u64::from(refresh.min(unknown_kid_interval).min(max_stale.unwrap_or(u32::MAX) / 2)).max(10);
    for (time, event) in &model.diary {
        match event {
            Event::Start => {
                assert!(is_answered, "two fetches at a time");
                if let Some(start) = start {
                    let pause = if failures == 0 { shortest } else { 5 };
                    assert!(time - start >= pause, "fetches at {start} and {time}");
                }
                (start, is_answered) = (Some(*time), false);
            }
            Event::Good { started } => {
                assert_eq!(Some(*started), start);
                (failures, is_answered) = (0, true);
            }
            Event::Failed => (failures, is_answered) = (failures + 1, true),
            Event::UnknownKid => {}
        }
    }
}

// ---- the keys through answers of every kind ----

/// Four keys; the third has signed `entra`.
fn entra_keys() -> Vec<u8> {
    read("benches/data/entra-2048.jwks.json")
}

/// Two keys, none of which has signed `entra`.
fn adfs_keys() -> Vec<u8> {
    read("benches/data/adfs-2048.jwks.json")
}

fn verdict<const N: usize>(keys: &RotatingKeys<N>, now: u64) -> Result<(), Error> {
    let token = text("benches/data/entra-2048.jwt");
    Verifier::new(keys.keys(at(now)), &ENTRA)
        .verify(&token, at(now), &mut [0; 2048])
        .map(|_| ())
}

fn start<const N: usize>(keys: &mut RotatingKeys<N>, now: u64) -> Fetch {
    match keys.poll(at(now)) {
        Action::Fetch(fetch) => fetch,
        Action::Wait(until) => panic!("no fetch before {until}"),
    }
}

fn loaded() -> RotatingKeys<4> {
    let mut keys = RotatingKeys::new(Rotation::new(0));
    let fetch = start(&mut keys, CLOCK);
    assert_eq!(
        keys.on_fetched(fetch, Some(&entra_keys()), at(CLOCK)).unwrap().kept(),
        4
    );
    keys
}

const STALE: Result<(), Error> = Err(Error::KeySelection(KeySelectionError::KeysStale));
const UNKNOWN: Result<(), Error> = Err(Error::KeySelection(KeySelectionError::UnknownKey));

/// CVE-2026-31837: there are no keys to fall back to, and without keys nothing is accepted.
#[test]
fn cve_2026_31837_nothing_is_accepted_before_the_first_good_answer() {
    let mut keys = RotatingKeys::<4>::new(Rotation::new(0));
    let mut now = CLOCK;
    for _ in 0..20 {
        assert_eq!(verdict(&keys, now), STALE);
        if let Action::Fetch(fetch) = keys.poll(at(now)) {
            assert_eq!(keys.on_fetched(fetch, None, at(now)), Err(AnswerError::NoAnswer));
        }
        now += 100;
    }
}

/// CVE-2026-48524: random `kid`s force fetches, and a failed one overwrote the keys.
#[test]
fn cve_2026_48524_bad_answers_change_no_key() {
    let mut keys = loaded();
    let oversized = {
        let mut text = entra_keys();
        text.resize(10 << 20, b' ');
        text
    };
    let entra = String::from_utf8(entra_keys()).unwrap();
    let twice = format!(
        "{{\"keys\":[{0},{0}]}}",
        &entra[entra.find('[').unwrap() + 1..entra.rfind(']').unwrap()]
    );
    let garbage: [&[u8]; 9] = [
        b"",
        b"null",
        b"{}",
        b"{\"keys\":[]}",
        b"{\"keys\":[{\"kty\":\"EC\"}]}",
        b"<html>503 Service Unavailable</html>",
        &entra.as_bytes()[..entra.len() - 2],
        &oversized,
        twice.as_bytes(),
    ];
    let mut now = CLOCK + 300;
    let mut fetches = 0;
    for round in 0..30 {
        let Action::Fetch(fetch) = keys.on_unknown_kid(at(now)) else {
            panic!("at {now}")
        };
        fetches += 1;
        for _ in 0..1000 {
            assert!(matches!(keys.on_unknown_kid(at(now)), Action::Wait(_)));
        }
        let answer = garbage.get(round % 10).copied();
        let error = keys.on_fetched(fetch, answer, at(now)).unwrap_err();
        match answer {
            None => assert_eq!(error, AnswerError::NoAnswer),
            Some(answer) if answer == twice.as_bytes() => {
                assert_eq!(error, AnswerError::Load(LoadError::Capacity { needed: 8 }));
            }
            Some(_) => assert!(matches!(error, AnswerError::Load(_))),
        }
        assert_eq!(verdict(&keys, now), Ok(()), "round {round}");
        let Action::Wait(until) = keys.on_unknown_kid(at(now)) else {
            panic!("at {now}")
        };
        assert_eq!(
            until.as_secs() - now,
            [5, 10, 20, 40, 80, 160].get(round).copied().unwrap_or(300)
        );
        now = until.as_secs();
    }
    assert_eq!(fetches, 30);
    let fetch = start(&mut keys, now);
    keys.on_fetched(fetch, Some(&entra_keys()), at(now)).unwrap();
    assert_eq!(verdict(&keys, now), Ok(()));
}

/// CVE-2025-64527: a fetch within a fetch, with a failure in between.
#[test]
fn cve_2025_64527_two_tokens_share_one_fetch_and_its_failure() {
    let mut keys = loaded();
    let now = CLOCK + 1000;
    let Action::Fetch(fetch) = keys.on_unknown_kid(at(now)) else {
        panic!("no fetch")
    };
    // The second token, while the first one's fetch is under way.
    assert_eq!(keys.on_unknown_kid(at(now + 1)), Action::Wait(at(now + 30)));
    assert_eq!(keys.on_fetched(fetch, None, at(now + 2)), Err(AnswerError::NoAnswer));
    assert_eq!(keys.on_unknown_kid(at(now + 2)), Action::Wait(at(now + 7)));
    assert_eq!(verdict(&keys, now + 2), Ok(()));
    let Action::Fetch(fetch) = keys.on_unknown_kid(at(now + 7)) else {
        panic!("no fetch")
    };
    assert!(keys.on_fetched(fetch, Some(&entra_keys()), at(now + 7)).is_ok());
}

#[test]
fn a_withdrawn_key_goes_with_the_next_good_answer_and_no_late_one_brings_it_back() {
    let mut keys = loaded();
    let slow = start(&mut keys, CLOCK + 3600);
    assert!(matches!(keys.poll(at(CLOCK + 3630)), Action::Wait(_)));
    let fetch = start(&mut keys, CLOCK + 3640);
    assert_eq!(verdict(&keys, CLOCK + 3640), Ok(()));
    assert!(keys.on_fetched(fetch, Some(&adfs_keys()), at(CLOCK + 3641)).is_ok());
    assert_eq!(verdict(&keys, CLOCK + 3641), UNKNOWN);
    assert_eq!(
        keys.on_fetched(slow, Some(&entra_keys()), at(CLOCK + 3642)),
        Err(AnswerError::Late)
    );
    assert_eq!(verdict(&keys, CLOCK + 3642), UNKNOWN);
}

#[test]
fn a_blocked_fetch_keeps_no_key_alive_for_longer_than_max_stale() {
    let mut keys = loaded();
    let mut now = CLOCK;
    while now <= CLOCK + 86_400 {
        assert_eq!(verdict(&keys, now), Ok(()));
        match keys.poll(at(now)) {
            Action::Fetch(_never_answered) => now += 13,
            Action::Wait(until) => now = until.as_secs(),
        }
    }
    let Err(error) = verdict(&keys, CLOCK + 86_401) else {
        panic!("accepted")
    };
    assert_eq!(Err(error), STALE);
    assert_eq!((error.code(), error.http_status()), ("keys_stale", 503));
    assert_eq!((error.challenge(), error.key_refresh_could_help()), (None, true));
    assert_eq!(error.to_string(), "expected keys fetched lately, found stale ones");

    // One good answer and all is well.
    while matches!(keys.poll(at(now)), Action::Wait(_)) {
        now += 1;
    }
    now += 30;
    let Action::Wait(until) = keys.poll(at(now)) else {
        panic!("no pause")
    };
    now = until.as_secs();
    let fetch = start(&mut keys, now);
    keys.on_fetched(fetch, Some(&entra_keys()), at(now)).unwrap();
    assert_eq!(verdict(&keys, now), Ok(()));
}

#[test]
fn stale_keys_of_one_authority_leave_the_others_alone() {
    let (now, later) = (CLOCK, CLOCK + 86_401);
    let entra = loaded();
    let mut adfs = RotatingKeys::<4>::new(Rotation::new(0));
    let fetch = start(&mut adfs, later);
    adfs.on_fetched(fetch, Some(&adfs_keys()), at(later)).unwrap();
    let tokens = [text("benches/data/entra-2048.jwt"), text("benches/data/adfs-2048.jwt")];
    let unknown = text("benches/data/entra-3072.jwt");
    for is_entra_first in [true, false] {
        let verdict = |token: &str, time: u64| {
            let mut authorities = [
                Authority::new(entra.keys(at(time)), &ENTRA),
                Authority::new(adfs.keys(at(time)), &ADFS),
            ];
            if !is_entra_first {
                authorities.reverse();
            }
            Verifier::any(&authorities)
                .verify(token, at(CLOCK), &mut [0; 2048])
                .map(|_| ())
        };
        assert_eq!(verdict(&tokens[0], now), Ok(()));
        assert_eq!(verdict(&tokens[1], now), Ok(()));
        assert_eq!(verdict(&unknown, now), UNKNOWN);
        assert_eq!(verdict(&tokens[0], later), STALE);
        assert_eq!(verdict(&tokens[1], later), Ok(()));
        // It may be a token of the authority whose keys are stale.
        assert_eq!(verdict(&unknown, later), STALE);
    }
}

#[test]
fn restored_keys_serve_until_they_are_stale() {
    let mut keys = RotatingKeys::<4>::new(Rotation::new(0));
    assert!(keys.restore(b"{}", at(CLOCK), at(CLOCK)).is_err());
    assert_eq!(verdict(&keys, CLOCK), STALE);
    keys.restore(&entra_keys(), at(CLOCK - 80_000), at(CLOCK)).unwrap();
    assert_eq!(verdict(&keys, CLOCK), Ok(()));
    assert_eq!(keys.freshness(at(CLOCK + 6400)), Freshness::Fresh);
    assert_eq!(verdict(&keys, CLOCK + 6401), STALE);
}

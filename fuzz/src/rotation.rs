// SPDX-License-Identifier: MIT OR Apache-2.0

//! The rotation machine against a model that counts in absolute time and 128 bits, through any sequence of polls,
//! unknown keys, answers in any order, lost answers, restored keys, and clocks that step both ways.

use std::sync::OnceLock;

use arbitrary::{Result, Unstructured};
use rs256::limits::{FETCH_TIMEOUT_SECS, FIRST_RETRY_SECS, LAST_RETRY_SECS, MIN_INTERVAL_SECS};
use rs256::limits::{MAX_STALE_SECS, REFRESH_SECS, UNKNOWN_KID_SECS};
use rs256::rotation::{Action, AnswerError, Fetch, Freshness, RotatingKeys, Rotation};
use rs256::{Error, Issuer, KeySelectionError, NumericDate, Policy, Verifier};

use crate::recipe::rarely;
use crate::smooth::key;

static POLICY: Policy<'static> = Policy::new(Issuer::exact("i"), &["a"]);

/// Answers: two good sets, of different keys, and three bad ones.
fn answers() -> &'static [Option<Vec<u8>>; 6] {
    static ANSWERS: OnceLock<[Option<Vec<u8>>; 6]> = OnceLock::new();
    ANSWERS.get_or_init(|| {
        let set = |index: u8, kid: &str| {
            let jwk = key(index).jwk(&format!(r#""kid":"{kid}""#));
            Some(format!(r#"{{"keys":[{jwk}]}}"#).into_bytes())
        };
        let many = vec![key(0).jwk(r#""kid":"a""#); 5].join(",");
        [
            set(0, "a"),
            set(1, "b"),
            None,
            Some(b"{\"keys\":[]}".to_vec()),
            Some(b"<html>".to_vec()),
            Some(format!(r#"{{"keys":[{many}]}}"#).into_bytes()),
        ]
    })
}

/// Tokens that name the keys of the two good sets.
fn tokens() -> &'static [String; 2] {
    static TOKENS: OnceLock<[String; 2]> = OnceLock::new();
    TOKENS.get_or_init(|| {
        ["a", "b"].map(|kid| key(0).token(format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#).as_bytes(), b"{}"))
    })
}

/// What the machine has to do. Times are on a clock of its own, which only goes forward.
struct Model {
    refresh: u32,
    unknown_kid: u32,
    max_stale: Option<u32>,
    jitter: u32,
    last_reading: Option<u64>,
    time: i128,
    due: i128,
    started: i128,
    is_in_flight: bool,
    failures: u32,
    number: u32,
    /// When the fetch of the keys in force began; `None` for a date that cannot be.
    born: Option<Option<i128>>,
    in_force: Option<usize>,
}

impl Model {
    fn read_clock(&mut self, now: u64) {
        self.time += i128::from(self.passed(now));
        self.last_reading = Some(now);
    }

    fn passed(&self, now: u64) -> u64 {
        // RULE saturation: more than 136 years are as good as 136 years
        let passed = self.last_reading.map_or(0, |last| now.saturating_sub(last));
        passed.min(u64::from(u32::MAX))
    }

    fn lengthened(&self, secs: u32) -> i128 {
        let more = (i128::from(secs) * i128::from(self.jitter)) >> 35;
        // RULE saturation, as above
        (i128::from(secs) + more).min(u32::MAX.into())
    }

    fn fail(&mut self) {
        self.is_in_flight = false;
        let pause = (u64::from(FIRST_RETRY_SECS) << self.failures.min(20)).min(u64::from(LAST_RETRY_SECS));
        self.due = self.time + self.lengthened(pause as u32);
        self.failures += 1;
    }

    /// The number of the fetch to make, or how long to wait.
    fn poll(&mut self, now: u64) -> std::result::Result<u32, u64> {
        self.read_clock(now);
        if self.is_in_flight {
            let timeout = self.started + i128::from(FETCH_TIMEOUT_SECS);
            if self.time < timeout {
                return Err((timeout - self.time) as u64);
            }
            self.fail();
        }
        if self.time < self.due {
            return Err((self.due - self.time) as u64);
        }
        self.is_in_flight = true;
        self.started = self.time;
        self.number += 1;
        Ok(self.number)
    }

    fn unknown_kid(&mut self, now: u64) -> std::result::Result<u32, u64> {
        self.read_clock(now);
        if self.failures == 0 {
            self.due = self.due.min(self.started + i128::from(self.unknown_kid));
        }
        self.poll(now)
    }

    fn is_fresh(&self, now: u64) -> bool {
        match (self.born, self.max_stale) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(None), Some(_)) => false,
            (Some(Some(born)), Some(most)) => self.time + i128::from(self.passed(now)) - born <= i128::from(most),
        }
    }
}

/// The settings and the sequence by the recipe in the data.
pub fn run(data: &[u8]) {
    let _ = cook(&mut Unstructured::new(data));
}

fn setting(u: &mut Unstructured<'_>, default: u32) -> Result<u32> {
    Ok(match u.int_in_range(0..=3)? {
        0 => u.int_in_range(0..=20)?,
        1 => u.arbitrary::<u16>()?.into(),
        2 => u.arbitrary::<u32>()?.min(u32::MAX - 1),
        _ => default,
    })
}

fn cook(u: &mut Unstructured<'_>) -> Result<()> {
    let jitter = u.arbitrary()?;
    let (refresh, unknown_kid) = (setting(u, REFRESH_SECS)?, setting(u, UNKNOWN_KID_SECS)?);
    let max_stale = if rarely(u, 6)? {
        None
    } else {
        Some(setting(u, MAX_STALE_SECS)?)
    };
    let mut machine = Rotation::new(jitter).refresh(refresh).unknown_kid_interval(unknown_kid);
    machine = match max_stale {
        Some(secs) => machine.max_stale(secs),
        None => machine.unlimited_staleness(),
    };
    let mut keys = RotatingKeys::<4>::new(machine);
    let mut model = Model {
        refresh: refresh.max(MIN_INTERVAL_SECS),
        unknown_kid: unknown_kid.max(MIN_INTERVAL_SECS),
        max_stale: max_stale.map(|secs| secs.max(MIN_INTERVAL_SECS)),
        jitter,
        last_reading: None,
        time: 0,
        due: 0,
        started: 0,
        is_in_flight: false,
        failures: 0,
        number: 0,
        born: None,
        in_force: None,
    };
    let mut fetches: Vec<(Fetch, u32)> = Vec::new();
    let mut now = if rarely(u, 8)? {
        u.arbitrary()?
    } else {
        1_760_000_000_u64
    };
    let mut named = now;

    while !u.is_empty() {
        now = match u.int_in_range(0..=9)? {
            0 => now,
            1 => named,
            2 => named.saturating_sub(1),
            3 => named.saturating_add(1),
            4 => now.saturating_sub(u.arbitrary::<u16>()?.into()),
            5 => now.saturating_add(u.arbitrary::<u32>()?.into()),
            6 if rarely(u, 20)? => u.arbitrary()?,
            _ => now.saturating_add(u.int_in_range(0..=400)?),
        };
        let date = NumericDate::from_secs(now);
        match u.int_in_range(0..=9)? {
            kind @ 0..=4 => {
                let (action, expected) = if kind < 3 {
                    (keys.poll(date), model.poll(now))
                } else {
                    (keys.on_unknown_kid(date), model.unknown_kid(now))
                };
                match (action, expected) {
                    (Action::Fetch(fetch), Ok(number)) => fetches.push((fetch, number)),
                    (Action::Wait(until), Err(secs)) => {
                        named = until.as_secs();
                        assert_eq!(named, now.saturating_add(secs));
                    }
                    (action, expected) => panic!("{action:?} instead of {expected:?}"),
                }
            }
            5..=7 if !fetches.is_empty() => {
                let (fetch, number) = fetches.remove(u.int_in_range(0..=fetches.len() - 1)?);
                let kind = *u.choose(&[0, 1, 0, 1, 2, 3, 4, 5])?;
                let result = keys.on_fetched(fetch, answers()[kind].as_deref(), date);
                if number != model.number {
                    assert_eq!(result, Err(AnswerError::Late));
                    // RULE late: nothing changes, and the clock is not read
                    continue;
                }
                model.read_clock(now);
                assert_eq!(result.is_ok(), kind < 2, "{result:?}");
                if kind < 2 {
                    model.is_in_flight = false;
                    model.failures = 0;
                    model.born = Some(Some(model.started));
                    model.in_force = Some(kind);
                    let half = model.max_stale.map_or(u32::MAX, |secs| secs / 2);
                    let refresh = model.refresh.min(half).max(MIN_INTERVAL_SECS);
                    model.due = model.time + model.lengthened(refresh);
                } else if model.is_in_flight {
                    model.fail();
                }
            }
            8 => {
                let fetched_at = now
                    .saturating_sub(u.arbitrary::<u32>()?.into())
                    .saturating_add(u.arbitrary::<u8>()?.into());
                let kind = u.int_in_range(0..=2)?;
                let json = answers()[kind].as_deref().unwrap_or(b"");
                let result = keys.restore(json, NumericDate::from_secs(fetched_at), date);
                assert_eq!(result.is_ok(), kind < 2);
                if kind < 2 {
                    model.read_clock(now);
                    // RULE restored: a date after now cannot be
                    model.born = Some(now.checked_sub(fetched_at).map(|age| model.time - i128::from(age)));
                    model.in_force = Some(kind);
                }
            }
            _ => drop(fetches.pop()),
        }

        // Which keys there are, and whether they verify.
        let is_fresh = model.is_fresh(now);
        assert_eq!(
            keys.freshness(date),
            if is_fresh { Freshness::Fresh } else { Freshness::Stale }
        );
        for (index, token) in tokens().iter().enumerate() {
            let mut buf = [0; 512];
            let found = Verifier::new(keys.keys(date), &POLICY)
                .prepare(token, &mut buf)
                .map(|_| ());
            let expected = match model.in_force {
                _ if !is_fresh => Err(KeySelectionError::KeysStale),
                Some(in_force) if in_force == index => Ok(()),
                _ => Err(KeySelectionError::UnknownKey),
            };
            crate::verdicts::note(found.is_ok());
            assert_eq!(found, expected.map_err(Error::from));
        }
    }

    // From wherever it is, polling at the times named leads to a fetch.
    if now < u64::MAX / 2 {
        let leads_to_a_fetch = (0..3).any(|_| match keys.poll(NumericDate::from_secs(now)) {
            Action::Fetch(_) => true,
            Action::Wait(until) => {
                assert!(until.as_secs() > now);
                now = until.as_secs();
                false
            }
        });
        assert!(leads_to_a_fetch, "stuck");
    }
    Ok(())
}

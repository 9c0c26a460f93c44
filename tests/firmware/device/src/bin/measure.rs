// SPDX-License-Identifier: MIT OR Apache-2.0

//! Counts instructions and stack of every case, and checks its verdict. Prints one line for each:
//! `case <name> <ticks> <octets of stack>`.
#![no_std]
#![no_main]

use core::cell::UnsafeCell;
use core::hint::black_box;

use rs256::{
    ClaimsError, Error, HeaderError, InvalidSignature, Issuer, JwsError, KeySelectionError, KeySet, NumericDate,
    Policy, PolicyError, Rsa2048, Rsa3072, Rsa4096, RsaPublicKey, RsaSize, Verifier, bearer, internals,
};
use rs256_device::fixtures::{ENTRA_POLICY, NOT_CLAIMS, NOW, OTHER_KEYS, PEM, SMALL_POLICY, rsa2048, rsa3072, rsa4096};
use rs256_device::{painted, print, print_u32, ticks};

rs256_device::program!(run);

/// Memory that a real program would have in its `static`s too, so that it is not on the measured stack.
struct Shared<T>(UnsafeCell<T>);

// SAFETY: one thread, no interrupts.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    #[allow(clippy::mut_from_ref)]
    fn get(&self) -> &mut T {
        // SAFETY: one thread, and no case holds it across another's use.
        unsafe { &mut *black_box(self.0.get()) }
    }
}

static KEYS_2048: Shared<KeySet<4, Rsa2048>> = Shared::new(KeySet::new());
static KEYS_3072: Shared<KeySet<4, Rsa3072>> = Shared::new(KeySet::new());
static KEYS_4096: Shared<KeySet<4, Rsa4096>> = Shared::new(KeySet::new());
static OTHER: Shared<KeySet<4, Rsa2048>> = Shared::new(KeySet::new());
static BUF: Shared<[u8; 2048]> = Shared::new([0; 2048]);
static FORGED: Shared<[u8; rsa2048::TOKEN.len()]> = Shared::new(rsa2048::TOKEN);
static NOT_BASE64URL: Shared<[u8; rsa2048::TOKEN.len()]> = Shared::new(rsa2048::TOKEN);

static OTHER_ISSUER: Policy<'static> = Policy::new(Issuer::exact("https://other.example"), &["api://orders"]);
static OTHER_AUDIENCE: Policy<'static> = Policy::new(Issuer::exact("https://issuer.example"), &["api://other"]);

fn verify<const N: usize, S: RsaSize>(
    keys: &Shared<KeySet<N, S>>,
    policy: &Policy<'static>,
    token: &[u8],
    now: u64,
) -> Result<(), Error> {
    let verifier = Verifier::new(&*keys.get(), black_box(policy));
    let now = NumericDate::from_secs(black_box(now));
    verifier.verify(black_box(token), now, BUF.get().as_mut_slice())?;
    Ok(())
}

fn refused(verdict: Result<(), Error>, expected: fn(Error) -> bool) -> bool {
    verdict.is_err_and(expected)
}

macro_rules! rsa {
    ($size:ident, $fixture:ident) => {
        || {
            let n = black_box($fixture::N.as_slice());
            let e = black_box([1, 0, 1].as_slice());
            let Ok(key) = RsaPublicKey::<$size>::from_be_bytes(n, e) else {
                return false;
            };
            let signature = black_box($fixture::SIGNATURE.as_slice());
            internals::backend::verify_static(&key, signature, black_box(&$fixture::DIGEST))
        }
    };
}

/// Stages 1 to 3, for the share of the parts.
fn prepare() -> bool {
    let verifier = Verifier::new(&*KEYS_2048.get(), black_box(&SMALL_POLICY));
    verifier
        .prepare(black_box(rsa2048::TOKEN.as_slice()), BUF.get().as_mut_slice())
        .is_ok()
}

/// Stages 1 to 4.
fn prepare_and_verify() -> bool {
    let verifier = Verifier::new(&*KEYS_2048.get(), black_box(&SMALL_POLICY));
    verifier
        .prepare(black_box(rsa2048::TOKEN.as_slice()), BUF.get().as_mut_slice())
        .is_ok_and(|pending| pending.verify().is_ok())
}

const CASES: &[(&str, fn() -> bool)] = &[
    ("empty", || black_box(true)),
    ("rsa-2048", rsa!(Rsa2048, rsa2048)),
    ("rsa-3072", rsa!(Rsa3072, rsa3072)),
    ("rsa-4096", rsa!(Rsa4096, rsa4096)),
    ("token-2048", || {
        verify(&KEYS_2048, &SMALL_POLICY, &rsa2048::TOKEN, NOW).is_ok()
    }),
    ("token-3072", || {
        verify(&KEYS_3072, &SMALL_POLICY, &rsa3072::TOKEN, NOW).is_ok()
    }),
    ("token-4096", || {
        verify(&KEYS_4096, &SMALL_POLICY, &rsa4096::TOKEN, NOW).is_ok()
    }),
    ("token-2048-to-3", prepare),
    ("token-2048-to-4", prepare_and_verify),
    ("entra-2048", || {
        verify(&KEYS_2048, &ENTRA_POLICY, &rsa2048::ENTRA_TOKEN, NOW).is_ok()
    }),
    ("entra-3072", || {
        verify(&KEYS_3072, &ENTRA_POLICY, &rsa3072::ENTRA_TOKEN, NOW).is_ok()
    }),
    ("entra-4096", || {
        verify(&KEYS_4096, &ENTRA_POLICY, &rsa4096::ENTRA_TOKEN, NOW).is_ok()
    }),
    ("bad-segments", || {
        let token = rsa2048::TOKEN.get(..200).unwrap_or_default();
        refused(verify(&KEYS_2048, &SMALL_POLICY, token, NOW), |e| {
            e == JwsError::SegmentCount.into()
        })
    }),
    ("bad-base64url", || {
        refused(verify(&KEYS_2048, &SMALL_POLICY, NOT_BASE64URL.get(), NOW), |e| {
            matches!(e, Error::Jws(JwsError::Base64url(_)))
        })
    }),
    ("bad-algorithm", || {
        refused(
            verify(&KEYS_2048, &SMALL_POLICY, b"eyJhbGciOiJub25lIn0.e30.AAAA", NOW),
            |e| e == HeaderError::Algorithm.into(),
        )
    }),
    ("bad-key", || {
        refused(verify(&OTHER, &SMALL_POLICY, &rsa2048::TOKEN, NOW), |e| {
            e == KeySelectionError::UnknownKey.into()
        })
    }),
    ("bad-signature", || {
        refused(verify(&KEYS_2048, &SMALL_POLICY, FORGED.get(), NOW), |e| {
            e == InvalidSignature.into()
        })
    }),
    ("bad-claims", || {
        refused(verify(&KEYS_2048, &SMALL_POLICY, NOT_CLAIMS, NOW), |e| {
            matches!(e, Error::Claims(ClaimsError::Json(_)))
        })
    }),
    ("bad-issuer", || {
        refused(verify(&KEYS_2048, &OTHER_ISSUER, &rsa2048::TOKEN, NOW), |e| {
            e == PolicyError::Issuer.into()
        })
    }),
    ("bad-audience", || {
        refused(verify(&KEYS_2048, &OTHER_AUDIENCE, &rsa2048::TOKEN, NOW), |e| {
            e == PolicyError::Audience.into()
        })
    }),
    ("bad-expired", || {
        refused(verify(&KEYS_2048, &SMALL_POLICY, &rsa2048::TOKEN, u64::MAX), |e| {
            matches!(e, Error::Policy(PolicyError::Expired { .. }))
        })
    }),
    ("bad-not-yet", || {
        refused(verify(&KEYS_2048, &SMALL_POLICY, &rsa2048::TOKEN, 0), |e| {
            matches!(e, Error::Policy(PolicyError::NotYetValid { .. }))
        })
    }),
    ("bearer", || {
        let field =
            black_box(b"Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIn0.c2ln".as_slice());
        bearer(field).is_ok()
    }),
    ("load-entra-2048", || load(&KEYS_2048, &rsa2048::ENTRA_KEYS)),
    ("load-entra-4096", || load(&KEYS_4096, &rsa4096::ENTRA_KEYS)),
    ("pem-2048", || {
        RsaPublicKey::<Rsa2048>::from_pem(black_box(PEM), BUF.get().as_mut_slice()).is_ok()
    }),
];

fn load<const N: usize, S: RsaSize>(keys: &Shared<KeySet<N, S>>, text: &[u8]) -> bool {
    keys.get().replace_from_jwk_set(black_box(text)).is_ok()
}

/// Exchanges an octet that is part of base64url for `octet`.
fn tamper(token: &mut [u8], position: usize, octet: u8) {
    if let Some(place) = token.get_mut(position) {
        *place = octet;
    }
}

fn run() -> bool {
    let mut good = load(&KEYS_2048, &rsa2048::ENTRA_KEYS)
        & load(&KEYS_3072, &rsa3072::ENTRA_KEYS)
        & load(&KEYS_4096, &rsa4096::ENTRA_KEYS)
        & load(&OTHER, OTHER_KEYS);
    // In the middle of the signature, and of the payload.
    tamper(FORGED.get(), rsa2048::TOKEN.len() - 100, b'A');
    tamper(FORGED.get(), rsa2048::TOKEN.len() - 101, b'A');
    tamper(NOT_BASE64URL.get(), 200, b'!');
    for (name, case) in black_box(CASES) {
        let before = ticks();
        let passed = case();
        let after = ticks();
        let stack = painted(*case);
        print(if passed { "case " } else { "WRONG VERDICT " });
        print(name);
        print(" ");
        print_u32(after.wrapping_sub(before));
        print(" ");
        print_u32(stack);
        print("\n");
        good &= passed;
    }
    good
}

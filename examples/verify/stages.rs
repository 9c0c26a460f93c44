// SPDX-License-Identifier: MIT OR Apache-2.0

//! Walks one token through the stages of the crate and prints the outcome of each check.

use rs256::{ClaimsError, Error, NumericDate, PolicyError, RegisteredClaim, RsaSize, VerifiedJws, Verifier};

use crate::show;

/// The checks in the order in which they are made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Format,
    Header,
    Key,
    Signature,
    Claims,
    Issuer,
    Audience,
    Expiration,
    NotBefore,
    Required,
}

impl Step {
    const ALL: [(Self, &'static str); 10] = [
        (Self::Format, "three segments of base64url"),
        (Self::Header, "header: RS256, no critical extension"),
        (Self::Key, "key of the token found"),
        (Self::Signature, "signature"),
        (Self::Claims, "claims: JSON, registered claims of the right types"),
        (Self::Issuer, "issuer (iss)"),
        (Self::Audience, "audience (aud)"),
        (Self::Expiration, "not expired (exp)"),
        (Self::NotBefore, "already valid (nbf)"),
        (Self::Required, "required claims"),
    ];

    /// The check that an error comes from.
    fn of(error: &Error) -> Self {
        match error {
            Error::Authorization(_) | Error::Jws(_) => Self::Format,
            Error::Header(_) => Self::Header,
            Error::KeySelection(_) => Self::Key,
            Error::Signature(_) => Self::Signature,
            Error::Claims(ClaimsError::Json(_) | ClaimsError::WrongType(_)) => Self::Claims,
            Error::Policy(PolicyError::Issuer | PolicyError::MissingClaim(RegisteredClaim::Issuer)) => Self::Issuer,
            Error::Policy(PolicyError::Audience | PolicyError::MissingClaim(RegisteredClaim::Audience)) => {
                Self::Audience
            }
            Error::Policy(PolicyError::Expired { .. } | PolicyError::MissingClaim(RegisteredClaim::Expiration)) => {
                Self::Expiration
            }
            Error::Policy(PolicyError::NotYetValid { .. }) => Self::NotBefore,
            _ => Self::Required,
        }
    }
}

/// Verifies `token`, printing as it goes; the refusal when it is not accepted.
pub(crate) fn run<S: RsaSize>(
    verifier: &Verifier<'_, S>,
    token: &[u8],
    now: NumericDate,
    signature_only: bool,
) -> Result<(), Error> {
    let last = if signature_only {
        Step::Signature
    } else {
        Step::Required
    };
    let mut buf = vec![0; token.len()];
    let outcome = verify(verifier, token, now, &mut buf, signature_only);
    show::line("time", &show::time(now.as_secs()));
    let failed = outcome.as_ref().err().map(|error| (Step::of(error), error));
    println!();
    println!("checks");
    for (step, what) in Step::ALL {
        let (mark, note) = match failed {
            _ if step > last => ('–', "not asked for".to_owned()),
            Some((at, error)) if at == step => ('✗', show::refusal(error)),
            Some((at, _)) if at < step => ('–', "not reached".to_owned()),
            _ => ('✓', String::new()),
        };
        println!("  {mark} {what}{}{note}", if note.is_empty() { "" } else { ": " });
    }
    println!();
    match &outcome {
        Ok(()) if signature_only => println!("SIGNATURE GOOD; no claim was checked"),
        Ok(()) => println!("ACCEPTED"),
        Err(error) => println!("REFUSED: {error} [{}]", error.code()),
    }
    outcome
}

fn verify<S: RsaSize>(
    verifier: &Verifier<'_, S>,
    token: &[u8],
    now: NumericDate,
    buf: &mut [u8],
    signature_only: bool,
) -> Result<(), Error> {
    show::segment("header", token, 0);
    let pending = verifier.prepare(token, buf).inspect_err(|_| not_verified(token))?;
    let verified: VerifiedJws<'_, '_, S> = pending.verify().inspect_err(|_| not_verified(token))?;
    show::line("key", &show::key(&verified.key()));
    show::segment("claims", token, 1);
    if signature_only {
        return Ok(());
    }
    verified.accept(now)?;
    Ok(())
}

/// Claims that nobody vouches for are shown too: people want to see whose token it is.
fn not_verified(token: &[u8]) {
    show::segment("claims (NOT VERIFIED)", token, 1);
}

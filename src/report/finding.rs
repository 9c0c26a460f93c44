// SPDX-License-Identifier: MIT OR Apache-2.0

//! One line of a report: the rule, what came of it, and the two values that were compared.

use crate::claims::{NumericDate, StringOrArray};
use crate::entra::Guid;
use crate::error::Error;
use crate::json::JsonStr;

/// What is checked, by the stages of the crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// 1 parse: three segments, none too long, and a buffer that holds them.
    Structure,
    /// 2 decode: the header segment is strict base64url.
    HeaderEncoding,
    /// 2 decode: the header is one JSON object, `alg` is `RS256`, no `crit`, and what else the crate demands.
    Header,
    /// 2 decode: the payload segment is strict base64url.
    PayloadEncoding,
    /// 2 decode: the signature segment is strict base64url.
    SignatureEncoding,
    /// 3 key lookup: there is a key that the header selects.
    Key,
    /// 3 key lookup: `typ` is the one that the policy asks for.
    TokenType,
    /// 3 key lookup: the header is not that of a Microsoft Graph token.
    NotForGraph,
    /// 4 verify: one of the selected keys made the signature.
    Signature,
    /// 5 claims: the payload is a claims set, and the registered claims have their types.
    Claims,
    /// 5 policy: `tid`, `ver` and the other claims that the provider's policy reads are there and of their types.
    ProviderClaims,
    /// 5 policy: `iss`.
    Issuer,
    /// 5 policy: `tid` is an accepted tenant.
    Tenant,
    /// 5 policy: `ver` is the version that `iss` stands for.
    TokenVersion,
    /// 5 policy: the key may sign for this issuer.
    SigningKey,
    /// 5 policy: an access token where one is expected, an ID token where one is expected.
    TokenKind,
    /// 5 policy: `ver` is one that the audience accepts.
    AudienceVersion,
    /// 5 policy: `aud`.
    Audience,
    /// 5 policy: the nonce is the one that the client sent. The values are never shown.
    Nonce,
    /// 5 policy: the application that acts by itself is an accepted one.
    Client,
    /// 5 policy: `exp`.
    Expiration,
    /// 5 policy: `nbf`.
    NotBefore,
    /// 5 policy: the age by `iat`.
    Age,
    /// 5 policy: the claims that must be there.
    RequiredClaims,
    /// 5 policy: a check of the application's own, on the header alone.
    ApplicationHeader,
    /// 5 policy: a check of the application's own.
    Application,
}

impl Rule {
    /// A stable, machine-readable name, such as `audience`; `snake_case` ASCII.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::HeaderEncoding => "header_encoding",
            Self::Header => "header",
            Self::PayloadEncoding => "payload_encoding",
            Self::SignatureEncoding => "signature_encoding",
            Self::Key => "key",
            Self::TokenType => "token_type",
            Self::NotForGraph => "not_for_graph",
            Self::Signature => "signature",
            Self::Claims => "claims",
            Self::ProviderClaims => "provider_claims",
            Self::Issuer => "issuer",
            Self::Tenant => "tenant",
            Self::TokenVersion => "token_version",
            Self::SigningKey => "signing_key",
            Self::TokenKind => "token_kind",
            Self::AudienceVersion => "audience_version",
            Self::Audience => "audience",
            Self::Nonce => "nonce",
            Self::Client => "client",
            Self::Expiration => "expiration",
            Self::NotBefore => "not_before",
            Self::Age => "age",
            Self::RequiredClaims => "required_claims",
            Self::ApplicationHeader => "application_header",
            Self::Application => "application",
        }
    }

    /// What is checked, for a person.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Structure => "three segments, none too long",
            Self::HeaderEncoding => "header is base64url",
            Self::Header => "header is JSON, RS256, without critical extensions",
            Self::PayloadEncoding => "payload is base64url",
            Self::SignatureEncoding => "signature is base64url",
            Self::Key => "a key for the token is known",
            Self::TokenType => "token type (typ)",
            Self::NotForGraph => "not a Microsoft Graph token",
            Self::Signature => "signature",
            Self::Claims => "claims are JSON, registered claims of their types",
            Self::ProviderClaims => "claims of the provider (tid, ver, …)",
            Self::Issuer => "issuer (iss)",
            Self::Tenant => "tenant (tid)",
            Self::TokenVersion => "version (ver) fits the issuer",
            Self::SigningKey => "the key may sign for this issuer",
            Self::TokenKind => "kind of token",
            Self::AudienceVersion => "version (ver) fits the audience",
            Self::Audience => "audience (aud)",
            Self::Nonce => "nonce",
            Self::Client => "client application",
            Self::Expiration => "not expired (exp)",
            Self::NotBefore => "already valid (nbf)",
            Self::Age => "not too old (iat)",
            Self::RequiredClaims => "required claims are there",
            Self::ApplicationHeader => "the application's own check of the header",
            Self::Application => "the application's own check",
        }
    }
}

/// What came of one rule. For people: whether a token is accepted is for [`Verifier::verify`](crate::Verifier::verify)
/// to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The token keeps the rule.
    Passed,
    /// The token breaks the rule, and this is what verifying would answer if nothing before it were wrong.
    Failed(Error),
    /// Nothing is known.
    NotChecked(NotChecked),
}

/// Why a rule was not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotChecked {
    /// There is nothing to look at, because this rule failed or was not checked either.
    NotReached(Rule),
    /// No key was given. **The token may be forged.**
    NoKeysGiven,
    /// The policy does not ask for it.
    NotAskedFor,
    /// The claim is absent, and the policy does not need it.
    Absent,
}

/// One of the two values that were compared. What comes from a token prints as its length.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Value<'r> {
    /// There is none, or it is not shown.
    None,
    /// A text of the token's.
    Text(JsonStr<'r>),
    /// A text or a list of texts of the token's.
    Texts(StringOrArray<'r>),
    /// A text of the policy's or the key's. A template has the placeholder `{tenantid}`.
    Exactly(&'r str),
    /// Any of these of the policy's.
    OneOf(&'r [&'r str]),
    /// Either of two of the policy's.
    Either(&'r str, &'r str),
    /// Any of these applications or tenants of the policy's.
    OneOfGuids(&'r [Guid]),
    /// This application, or one of these identifiers of it.
    GuidOrOneOf(&'r Guid, &'r [&'r str]),
    /// A text of the policy's in two parts.
    Joined(&'r str, &'r str),
    /// A date of the token's, in whole seconds.
    Date(NumericDate),
    /// The clock, and the seconds that it may be wrong by.
    Clock {
        /// The clock that was given.
        now: NumericDate,
        /// The policy's leeway.
        leeway: u16,
    },
    /// The clock, and the seconds that a token may be old.
    MaxAge {
        /// The clock that was given.
        now: NumericDate,
        /// The policy's maximum age.
        secs: u32,
        /// The policy's leeway.
        leeway: u16,
    },
}

/// What was found in the token, and what was expected.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'r> {
    pub(crate) found: Value<'r>,
    pub(crate) expected: Value<'r>,
}

impl<'r> Compared<'r> {
    /// Nothing to show.
    pub(crate) const NOTHING: Self = Self {
        found: Value::None,
        expected: Value::None,
    };

    pub(crate) const fn new(found: Value<'r>, expected: Value<'r>) -> Self {
        Self { found, expected }
    }

    pub(crate) const fn nothing() -> Self {
        Self::NOTHING
    }
}

impl<'r> Value<'r> {
    pub(crate) fn text(text: Option<JsonStr<'r>>) -> Self {
        text.map_or(Self::None, Self::Text)
    }

    pub(crate) fn texts(texts: Option<StringOrArray<'r>>) -> Self {
        texts.map_or(Self::None, Self::Texts)
    }

    pub(crate) fn date(date: Option<NumericDate>) -> Self {
        date.map_or(Self::None, Self::Date)
    }

    pub(crate) fn exactly(text: Option<&'r str>) -> Self {
        text.map_or(Self::None, Self::Exactly)
    }
}

/// One line of a [`Report`](super::Report).
#[derive(Clone, Copy, Debug)]
pub struct Finding<'r> {
    pub(super) rule: Rule,
    pub(super) outcome: Outcome,
    pub(super) compared: Compared<'r>,
}

impl<'r> Finding<'r> {
    /// What an unused line holds.
    pub(super) const NONE: Self = Self {
        rule: Rule::Structure,
        outcome: Outcome::NotChecked(NotChecked::NotAskedFor),
        compared: Compared::NOTHING,
    };

    /// What was checked.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// What came of it.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What the token has. Nobody vouches for it unless the signature is good.
    #[must_use]
    pub const fn found(&self) -> Value<'r> {
        self.compared.found
    }

    /// What the policy asks for.
    #[must_use]
    pub const fn expected(&self) -> Value<'r> {
        self.compared.expected
    }
}

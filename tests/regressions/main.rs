// SPDX-License-Identifier: MIT OR Apache-2.0

//! Mechanisms that broke other verifiers, each with a test named after its identifier.
//!
//! | file | what was wrong elsewhere |
//! | --- | --- |
//! | `forms` | texts that are not the one spelling of a token |
//! | `header` | algorithms, keys and extensions chosen by the token |
//! | `keys` | keys that are none, or cost too much |
//! | `padding` | PKCS#1 v1.5 parsed instead of compared |
//! | `digest` | SHA-256 at the boundaries of its blocks |
//! | `claims` | claims taken for absent, for another, or for good |
//! | `depth` | nesting without end |
//!
//! [`ROWS`] lists every row that was gathered, those for other layers included, with the reason; a test holds the list
//! and the tests together, so that neither loses a row unnoticed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;

mod claims;
mod depth;
mod digest;
mod forms;
mod header;
mod keys;
mod padding;

/// What became of a row.
enum Row {
    /// Tests of this folder, by name.
    Here(&'static [&'static str]),
    /// A test of another file of `tests`.
    In(&'static str, &'static str),
    /// Not a matter of this layer.
    Not(&'static str),
}
use Row::{Here, In, Not};

/// Every row by its identifiers.
///
/// One of them asks for `zip` to be refused. It is ignored here like any other unknown header member, as RFC 7515
/// section 4 wants: `zip` belongs to JWE, nothing is ever inflated, and a compressed payload is no claims set. The test
/// of that row holds both.
const ROWS: &[(&str, Row)] = &[
    (
        "CVE-2026-25537",
        Here(&["cve_2026_25537_every_registered_claim_of_every_json_type"]),
    ),
    (
        "jsonwebtoken 11.1",
        Here(&[
            "jsonwebtoken_11_1_a_missing_claim_that_the_policy_needs",
            "cve_2026_25537_every_registered_claim_of_every_json_type",
        ]),
    ),
    ("CVE-2026-44459", Here(&["cve_2026_44459_numeric_dates"])),
    (
        "CVE-2025-59420, CVE-2026-32597, CVE-2026-35042",
        Here(&["cve_2025_59420_every_form_of_crit"]),
    ),
    (
        "CVE-2026-34950, CVE-2023-48223",
        Here(&["cve_2026_34950_the_label_says_what_a_pem_file_holds"]),
    ),
    (
        "CVE-2026-44699",
        Here(&["cve_2026_44699_any_other_algorithm_with_an_rsa_key"]),
    ),
    (
        "CVE-2026-22817",
        Here(&["cve_2026_22817_a_jwk_without_alg_takes_none_from_the_token"]),
    ),
    (
        "CVE-2026-48523",
        Here(&["cve_2026_48523_there_is_one_decision_about_the_algorithm"]),
    ),
    (
        "CVE-2022-29217, CVE-2024-37568",
        Here(&["cve_2022_29217_the_public_key_as_an_hmac_secret"]),
    ),
    (
        "CVE-2015-9235, CVE-2016-10555",
        Here(&[
            "cve_2015_9235_unsecured_tokens",
            "cve_2022_29217_the_public_key_as_an_hmac_secret",
        ]),
    ),
    (
        "CVE-2022-23539, CVE-2022-23540, CVE-2022-23541",
        Here(&[
            "cve_2022_23539_weak_keys_are_no_keys",
            "cve_2015_9235_unsecured_tokens",
            "cve_2026_48523_there_is_one_decision_about_the_algorithm",
        ]),
    ),
    (
        "CVE-2026-27962, CVE-2018-0114",
        Here(&["cve_2026_27962_no_key_comes_from_the_header"]),
    ),
    ("CVE-2026-96760", Here(&["cve_2026_96760_json_serializations"])),
    (
        "CVE-2024-53861",
        Here(&["cve_2024_53861_issuers_that_are_nearly_the_right_one"]),
    ),
    ("CVE-2025-30144", Here(&["cve_2025_30144_an_array_of_issuers"])),
    ("CVE-2020-26160", Here(&["cve_2020_26160_forms_of_the_audience"])),
    (
        "CVE-2026-35039",
        In("cache.rs", "cve_2026_35039_nothing_but_the_whole_text_is_known"),
    ),
    (
        "CVE-2026-35040, CVE-2026-35041",
        Here(&["cve_2026_35040_the_same_token_gets_the_same_answer_each_time"]),
    ),
    (
        "CVE-2025-30204, CVE-2025-27144, CVE-2025-22868",
        Here(&["cve_2025_30204_a_megabyte_of_dots"]),
    ),
    (
        "CVE-2025-61920",
        Here(&["cve_2025_61920_the_caps_on_tokens_and_headers_are_exact"]),
    ),
    (
        "CVE-2025-53864",
        Here(&[
            "cve_2025_53864_depth_bombs_in_claims_and_header",
            "cve_2025_53864_depth_bombs_in_a_jwk_set",
        ]),
    ),
    ("CVE-2026-89314", Here(&["cve_2026_89314_a_megabyte_of_key_ops"])),
    (
        "CVE-2026-48524",
        Here(&["cve_2026_48524_a_failed_refresh_between_two_tokens"]),
    ),
    (
        "CVE-2026-31837",
        Here(&["cve_2026_31837_there_are_no_keys_but_those_loaded"]),
    ),
    (
        "CVE-2025-64527, CVE-2024-45809",
        In(
            "rotation.rs",
            "cve_2025_64527_two_tokens_share_one_fetch_and_its_failure",
        ),
    ),
    (
        "CVE-2023-27487",
        Not("header fields of a gateway, which this layer never sees"),
    ),
    (
        "CVE-2006-4339, CVE-2006-5462, CVE-2016-1494, CVE-2022-24771, CVE-2022-24772, CVE-2026-33894",
        Here(&[
            "cve_2006_4339_wrong_encoded_messages",
            "cve_2006_4339_a_cube_root_in_place_of_a_signature",
            "cve_2016_1494_a_cube_root_with_the_right_beginning_and_end",
            "cve_2022_24771_every_octet_of_the_encoded_message_is_compared",
            "cve_2026_33894_a_forged_token_with_an_exponent_of_three",
        ]),
    ),
    (
        "CVE-2021-30246, CVE-2020-14967, CVE-2020-14968",
        Here(&[
            "cve_2020_14967_signatures_of_another_length",
            "cve_2021_30246_a_token_with_a_zero_octet_before_its_signature",
            "cve_2021_30246_signatures_out_of_range_and_at_its_ends",
        ]),
    ),
    (
        "CVE-2026-4603",
        Here(&[
            "cve_2026_4603_moduli_and_exponents_that_collapse",
            "cve_2026_4603_leading_zeros_make_no_key_larger",
        ]),
    ),
    (
        "CVE-2022-25898",
        Here(&[
            "cve_2022_25898_spellings_of_the_signature",
            "envoy_signed_segments_in_another_spelling",
        ]),
    ),
    (
        "CVE-2023-29409, CVE-2026-39829",
        Here(&["cve_2023_29409_huge_keys_cost_nothing"]),
    ),
    (
        "CVE-2026-21895",
        Here(&["cve_2026_21895_no_octets_of_a_key_file_cause_a_panic"]),
    ),
    (
        "CVE-2023-49092, RUSTSEC-2023-0071",
        Not("timing of private-key operations, of which the crate has none; `rsa` is a dev-dependency"),
    ),
    (
        "CVE-2022-21449",
        Here(&["cve_2022_21449_signatures_of_nothing_but_zeros_or_ones"]),
    ),
    (
        "CVE-2024-28176, CVE-2024-21319, CVE-2023-52428",
        Here(&[
            "cve_2024_28176_b64_and_zip",
            "cve_2024_21319_five_segments_and_other_counts",
        ]),
    ),
    (
        "CVE-2025-55241",
        // The binding of `tid` is in `entra/main.rs`.
        Here(&["cve_2025_55241_nested_tokens_are_not_unwrapped"]),
    ),
    (
        "RUSTSEC-2021-0100",
        Here(&[
            "rustsec_2021_0100_known_answers_at_every_boundary_of_a_block",
            "the_signer_of_the_tests_hashes_rightly_too",
        ]),
    ),
    (
        "RUSTSEC-2020-0145, RUSTSEC-2025-0009",
        Not("flaws of old versions of dependencies (the second of one that is not used), a matter of auditing them"),
    ),
    // Traps of interoperation.
    (
        "extra dots",
        Here(&[
            "envoy_extra_dots",
            "parsing_alone_never_looks_at_what_the_segments_hold",
        ]),
    ),
    (
        "names that differ by case",
        Here(&["idx40011_names_that_differ_by_case_are_different_claims"]),
    ),
    (
        "escaped member names",
        Here(&["escaped_member_names_are_the_names_they_mean"]),
    ),
    (
        "BOM, text that is no UTF-8",
        Here(&[
            "byte_order_marks_and_octets_that_are_no_utf_8",
            "text_around_a_token_is_not_dropped",
        ]),
    ),
    (
        "NUL in kid",
        Here(&["a_kid_with_nul_or_escapes_is_compared_as_what_it_means"]),
    ),
    (
        "kid of 0 and of more than 1000 octets",
        Here(&["a_kid_of_no_octets_and_of_very_many"]),
    ),
    (
        "two keys with one kid",
        Here(&["two_keys_with_one_kid_are_tried_in_order"]),
    ),
    // What a gateway accepts and should not.
    (
        "Envoy: crit, b64",
        Here(&["cve_2025_59420_every_form_of_crit", "cve_2024_28176_b64_and_zip"]),
    ),
    (
        "Envoy: an audience with a trailing slash",
        Here(&["envoy_an_audience_with_a_slash_more_or_less"]),
    ),
    (
        "Envoy: expiry missing, zero, or within a hidden leeway",
        Here(&["envoy_expiry_missing_or_zero_or_within_a_leeway_that_is_switched_off"]),
    ),
    (
        "Envoy: padding, whitespace and spare bits in segments",
        Here(&[
            "envoy_signed_segments_in_another_spelling",
            "cve_2022_25898_spellings_of_the_signature",
        ]),
    ),
    ("Envoy: lax JSON", Here(&["lax_json_is_not_json"])),
    (
        "Envoy: two credentials, `bearer` in small letters",
        In("authorization.rs", "authorization_fields"),
    ),
    // What users of other verifiers ask for.
    (
        "ask 1: JWKs without alg",
        Here(&["cve_2026_22817_a_jwk_without_alg_takes_none_from_the_token"]),
    ),
    (
        "ask 2: one odd key must not break the set",
        In("jwk_selection.rs", "one_odd_key_does_not_take_the_set_down"),
    ),
    (
        "ask 3: refetch on an unknown kid",
        In("rotation.rs", "a_flood_of_unknown_kids_spends_one_fetch_an_interval"),
    ),
    (
        "ask 4: RSA without an allocator",
        In("no_alloc.rs", "nothing_allocates"),
    ),
    (
        "ask 5: a string or an array",
        Here(&["string_or_array_claims_read_the_same_way_in_both_forms"]),
    ),
    ("ask 6: issuers with {tenantid}", In("entra/issuers.rs", "tenancy")),
    ("ask 7: the clock injected", Here(&["the_clock_is_an_argument"])),
    (
        "ask 8: clock skew",
        In("claims_policy.rs", "times_to_the_second_at_every_leeway"),
    ),
    (
        "ask 9: Graph tokens",
        Here(&["graph_609_a_nonce_in_the_header_is_seen_and_ignored"]),
    ),
    (
        "ask 10: a cache",
        In("cache.rs", "the_verdict_is_the_one_without_a_cache"),
    ),
    (
        "ask 11: no silent audience",
        Here(&["audiences_have_no_silent_default"]),
    ),
    (
        "ask 12: claim names with dots and slashes",
        Here(&["string_or_array_claims_read_the_same_way_in_both_forms"]),
    ),
    (
        "ask 13: JSON escapes without std",
        In("doors.rs", "every_string_reads_the_same_through_both_doors"),
    ),
    (
        "ask 14: the key chosen by the header",
        In("jwk_selection.rs", "which_key_a_header_selects"),
    ),
    (
        "ask 15: errors that tell without leaking",
        In("errors/main.rs", "no_error_repeats_what_a_token_says"),
    ),
    // The tests' own ground.
    ("the setting", Here(&["the_header_of_the_setting_is_accepted"])),
    (
        "types of header members",
        Here(&["members_that_are_read_have_their_type_or_the_token_is_refused"]),
    ),
    (
        "signatures of other messages",
        Here(&["a_signature_is_one_over_its_own_signing_input_alone"]),
    ),
    ("this list", Here(&["every_row_has_its_tests_and_every_test_its_row"])),
];

const HERE: [&str; 8] = [
    include_str!("main.rs"),
    include_str!("claims.rs"),
    include_str!("depth.rs"),
    include_str!("digest.rs"),
    include_str!("forms.rs"),
    include_str!("header.rs"),
    include_str!("keys.rs"),
    include_str!("padding.rs"),
];

/// The names of the functions that a source marks as tests.
fn tests_of(source: &str) -> Vec<&str> {
    source
        .split("#[test]\n")
        .skip(1)
        .map(|rest| {
            rest.trim_start()
                .strip_prefix("fn ")
                .unwrap()
                .split_once('(')
                .unwrap()
                .0
        })
        .collect()
}

#[test]
fn every_row_has_its_tests_and_every_test_its_row() {
    let mut tests: Vec<&str> = HERE.iter().flat_map(|source| tests_of(source)).collect();
    let mut listed: Vec<&str> = Vec::new();
    let (mut ids, mut elsewhere) = (0, 0);
    for (row, what) in ROWS {
        ids += row.matches("CVE-").count() + row.matches("RUSTSEC-").count();
        match what {
            Here(names) => {
                assert!(!names.is_empty(), "{row}");
                listed.extend(names.iter());
                // A row of identifiers has a test named after one of them.
                let identifiers = row
                    .split(", ")
                    .filter(|id| id.starts_with("CVE-") || id.starts_with("RUSTSEC-"));
                let slugs: Vec<String> = identifiers.map(|id| id.to_lowercase().replace('-', "_")).collect();
                let named = names.iter().any(|name| slugs.iter().any(|slug| name.starts_with(slug)));
                assert!(slugs.is_empty() || named, "{row}");
            }
            In(file, name) => {
                let source = common::text(&format!("tests/{file}"));
                assert!(tests_of(&source).contains(name), "{row}: no {name} in {file}");
            }
            Not(reason) => {
                assert!(!reason.is_empty(), "{row}");
                elsewhere += 1;
            }
        }
    }
    for names in [&mut tests, &mut listed] {
        names.sort_unstable();
        names.dedup();
    }
    assert_eq!(tests, listed, "tests (left) and what the rows list (right)");
    assert_eq!((ROWS.len(), ids, elsewhere), (70, 61, 3));
}

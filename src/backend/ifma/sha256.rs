// SPDX-License-Identifier: MIT OR Apache-2.0

//! SHA-256 of eight messages, two at a time
//! ([FIPS 180-4](https://csrc.nist.gov/pubs/fips/180-4/upd1/final)).
//!
//! The SHA instructions of x86-64 are bound by latency: each of the 32 steps of a block waits for the one before, and
//! most of the unit idles. Two messages that have nothing to do with each other take little longer than one. More than two
//! need more registers than there are. Everything else that is hashed in this crate goes to `sha2`.
//!
//! They exist in the old encoding alone, which knows nothing of the upper parts of vector registers. Where those are not
//! zero, Intel's processors put them aside before such an instruction and bring them back before the next one of AVX, for
//! hundreds of cycles each time: hashing in the middle of AVX-512 code made a verification of 5 µs one of 210. So what
//! hashes eight messages is compiled without AVX: the compiler zeroes those parts before it is entered, and uses the old
//! encoding throughout. And [`GapHash`] is for processors without that penalty, see
//! [`hashes_in_gaps`](super::detect::hashes_in_gaps).

use core::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_cvtsi128_si64, _mm_extract_epi64, _mm_set_epi8, _mm_set_epi32,
    _mm_setzero_si128, _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi8,
    _mm_shuffle_epi32,
};

use super::Ifma;
use super::lanes::{self, load_16};
use crate::rs256::MessageHash;
use crate::rs256::message_hash::INITIAL;

/// A block of a message.
type Block = [u8; 64];

/// The round constants, four at a time (section 4.2.2).
pub(super) const K: [[u32; 4]; 16] = [
    [0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5],
    [0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5],
    [0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3],
    [0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174],
    [0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc],
    [0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da],
    [0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7],
    [0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967],
    [0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13],
    [0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85],
    [0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3],
    [0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070],
    [0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5],
    [0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3],
    [0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208],
    [0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2],
];

/// The eight words of a hash value, in the order of the instructions.
#[derive(Clone, Copy)]
struct State {
    abef: __m128i,
    cdgh: __m128i,
}

/// The digests of eight messages.
#[must_use]
pub(crate) fn digest8(token: Ifma, messages: [&[u8]; 8]) -> [[u8; 32]; 8] {
    lanes::enter_digest8(token, messages)
}

/// See [`digest8`].
#[target_feature(enable = "sha,sse4.1,ssse3")]
pub(super) fn digest_pairs(messages: [&[u8]; 8]) -> [[u8; 32]; 8] {
    // Messages of like length go together.
    let mut order = [0, 1, 2, 3, 4, 5, 6, 7];
    order.sort_unstable_by_key(|&i: &usize| messages.get(i).map_or(0, |message| message.len()));
    let mut out = [[0; 32]; 8];
    for [i, j] in order.as_chunks::<2>().0 {
        if let (Some(a), Some(b)) = (messages.get(*i), messages.get(*j)) {
            let [a, b] = digest2(a, b);
            for (at, digest) in [(i, a), (j, b)] {
                if let Some(to) = out.get_mut(*at) {
                    *to = digest;
                }
            }
        }
    }
    out
}

#[target_feature(enable = "sha,sse4.1,ssse3")]
fn digest2(a: &[u8], b: &[u8]) -> [[u8; 32]; 2] {
    let (mut x, mut y) = (State::initial(), State::initial());
    let (a_blocks, a_rest) = a.as_chunks::<64>();
    let (b_blocks, b_rest) = b.as_chunks::<64>();
    // What both have, then what the longer one has on top.
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        [x, y] = compress([x, y], [a, b]);
    }
    for a in a_blocks.iter().skip(b_blocks.len()) {
        [x] = compress([x], [a]);
    }
    for b in b_blocks.iter().skip(a_blocks.len()) {
        [y] = compress([y], [b]);
    }
    let ([a_first, a_second], a_two) = padded(a_rest, a.len());
    let ([b_first, b_second], b_two) = padded(b_rest, b.len());
    [x, y] = compress([x, y], [&a_first, &b_first]);
    match (a_two, b_two) {
        (true, true) => [x, y] = compress([x, y], [&a_second, &b_second]),
        (true, false) => [x] = compress([x], [&a_second]),
        (false, true) => [y] = compress([y], [&b_second]),
        (false, false) => {}
    }
    [x.digest(), y.digest()]
}

/// The last blocks of a message of `len` octets that ends with `rest`, and whether there are two (section 5.1.1).
fn padded(rest: &[u8], len: usize) -> ([Block; 2], bool) {
    let mut out = [[0; 64]; 2];
    let two = rest.len() >= 56;
    for (to, from) in out.as_flattened_mut().iter_mut().zip(rest.iter().chain(&[0x80])) {
        *to = *from;
    }
    // BOUND: no slice has 2^61 octets.
    let bits = u64::try_from(len).unwrap_or(0) << 3;
    let [first, second] = &mut out;
    if let Some(to) = if two { second } else { first }.last_chunk_mut() {
        *to = bits.to_be_bytes();
    }
    (out, two)
}

/// Blocks of a message that are hashed in the gaps of the arithmetic: two for each squaring.
const IN_GAPS: usize = 32;

/// The hash of one message, of which a kernel has the blocks compressed in gaps of its own.
pub(super) struct GapHash<'m> {
    known: Option<[u8; 32]>,
    state: State,
    blocks: &'m [Block],
    // What is left of the last blocks, which are padded, and where it begins.
    last: [Block; 2],
    next_of_last: usize,
}

/// A block of which the rounds are under way.
#[derive(Clone, Copy)]
pub(super) struct Compression {
    state: State,
    w: [__m128i; 4],
}

impl<'m> GapHash<'m> {
    /// Begins with the hash. A message of more blocks than there are gaps has its first ones compressed now.
    #[target_feature(enable = "avx512f,sha")]
    pub(super) fn new(hash: MessageHash<'m>) -> Self {
        let mut gaps = Self {
            known: None,
            state: State::initial(),
            blocks: &[],
            last: [[0; 64]; 2],
            next_of_last: 2,
        };
        match hash {
            MessageHash::Known(hash) => gaps.known = Some(*hash),
            MessageHash::Of(message) => {
                let (blocks, rest) = message.as_chunks::<64>();
                let (last, two) = padded(rest, message.len());
                let [first, second] = last;
                (gaps.last, gaps.next_of_last) = if two { (last, 0) } else { ([second, first], 1) };
                let surplus = (blocks.len() + 2).saturating_sub(IN_GAPS);
                let (now, later) = blocks.split_at_checked(surplus).unwrap_or((blocks, &[]));
                for block in now {
                    [gaps.state] = compress([gaps.state], [block]);
                }
                gaps.blocks = later;
            }
        }
        gaps
    }

    /// Takes up the next block, if there is one.
    #[target_feature(enable = "avx512f,sha")]
    pub(super) fn begin(&mut self) -> Option<Compression> {
        let block = if let Some((block, rest)) = self.blocks.split_first() {
            self.blocks = rest;
            block
        } else {
            let block = self.last.get(self.next_of_last)?;
            self.next_of_last += 1;
            block
        };
        Some(Compression {
            state: self.state,
            w: schedule(block),
        })
    }

    /// Takes in a block of which all rounds are done.
    #[target_feature(enable = "avx512f,sha")]
    pub(super) fn end(&mut self, block: Option<Compression>) {
        if let Some(block) = block {
            self.state.abef = _mm_add_epi32(self.state.abef, block.state.abef);
            self.state.cdgh = _mm_add_epi32(self.state.cdgh, block.state.cdgh);
        }
    }

    #[target_feature(enable = "avx512f,sha")]
    pub(super) fn finish(mut self) -> [u8; 32] {
        if let Some(hash) = self.known {
            return hash;
        }
        while let Some(mut block) = self.begin() {
            for k in K.as_chunks::<2>().0 {
                block.eight_rounds(k);
            }
            self.end(Some(block));
        }
        self.state.digest()
    }
}

impl Compression {
    /// The next eight rounds, of which `k` are the constants. Fewer at a time cost more: where the registers are full
    /// of something else, the state goes to memory and back in between.
    #[inline]
    #[target_feature(enable = "sha,sse4.1,ssse3")]
    pub(super) fn eight_rounds(&mut self, k: &[[u32; 4]; 2]) {
        for k in k {
            let [w0, w1, w2, w3] = self.w;
            self.state = self.state.four_rounds(plus_constants(w0, k));
            // Those for the last 16 rounds are not used any more.
            self.w = [w1, w2, w3, next_words(self.w)];
        }
    }
}

/// The first 16 words of a block, which are big-endian.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn schedule(block: &Block) -> [__m128i; 4] {
    let order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    let mut w = [_mm_setzero_si128(); 4];
    for (w, quarter) in w.iter_mut().zip(block.as_chunks::<16>().0) {
        *w = _mm_shuffle_epi8(load_16(quarter), order);
    }
    w
}

/// Compresses a block of each of `N` messages (section 6.2.2).
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn compress<const N: usize>(before: [State; N], blocks: [&Block; N]) -> [State; N] {
    // The words of all rounds first. Word by word as the rounds use them they need so many registers together that the
    // states go to memory and back between the rounds, which all wait for them; with the words there, they stay.
    let mut wk = [[_mm_setzero_si128(); N]; 16];
    each!(I < N, {
        let mut w = schedule(blocks[I]);
        for (wk, k) in wk.iter_mut().zip(&K) {
            let [w0, w1, w2, w3] = w;
            wk[I] = plus_constants(w0, k);
            // Those for the last 16 rounds are not used any more.
            w = [w1, w2, w3, next_words(w)];
        }
    });
    let mut state = before;
    for wk in &wk {
        each!(I < N, { state[I] = state[I].four_rounds(wk[I]) });
    }
    each!(I < N, {
        state[I].abef = _mm_add_epi32(state[I].abef, before[I].abef);
        state[I].cdgh = _mm_add_epi32(state[I].cdgh, before[I].cdgh);
    });
    state
}

/// The four words of the message schedule after these 16 (section 6.2.2, step 1).
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn next_words([w0, w1, w2, w3]: [__m128i; 4]) -> __m128i {
    let next = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8::<4>(w3, w2));
    _mm_sha256msg2_epu32(next, w3)
}

/// Four words, each with the constant of its round added.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn plus_constants(w: __m128i, k: &[u32; 4]) -> __m128i {
    let [k0, k1, k2, k3] = *k;
    _mm_add_epi32(w, words(k0, k1, k2, k3))
}

/// Four words in the lanes from the lowest up.
#[inline]
#[target_feature(enable = "sse2")]
fn words(a: u32, b: u32, c: u32, d: u32) -> __m128i {
    _mm_set_epi32(d.cast_signed(), c.cast_signed(), b.cast_signed(), a.cast_signed())
}

impl State {
    #[inline]
    #[target_feature(enable = "sha,sse4.1,ssse3")]
    fn initial() -> Self {
        let [a, b, c, d, e, f, g, h] = INITIAL;
        Self {
            abef: words(f, e, b, a),
            cdgh: words(h, g, d, c),
        }
    }

    #[inline]
    #[target_feature(enable = "sha,sse4.1,ssse3")]
    fn four_rounds(self, wk: __m128i) -> Self {
        // After two rounds the former a, b, e, f are c, d, g, h.
        let abef = _mm_sha256rnds2_epu32(self.cdgh, self.abef, wk);
        let cdgh = self.abef;
        Self {
            abef: _mm_sha256rnds2_epu32(cdgh, abef, _mm_shuffle_epi32::<0b00_00_11_10>(wk)),
            cdgh: abef,
        }
    }

    #[target_feature(enable = "sha,sse4.1,ssse3")]
    fn digest(self) -> [u8; 32] {
        let words = [
            _mm_extract_epi64::<1>(self.abef),
            _mm_extract_epi64::<1>(self.cdgh),
            _mm_cvtsi128_si64(self.abef),
            _mm_cvtsi128_si64(self.cdgh),
        ];
        let mut out = [0; 32];
        for (to, from) in out.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            *to = from.to_be_bytes();
        }
        out
    }
}

// SPDX-License-Identifier: MIT OR Apache-2.0

//! The portable backend: RSA public operations in safe code, for limbs of 32 and of 64 bits.
//!
//! Representation: a number is a slice of blocks of four limbs, lowest first. With B = 2^(limb width) and R = B^(limbs
//! of the modulus, topped up to a multiple of four), redc(T) = T/R mod n is Montgomery's reduction. It leaves numbers
//! *below R*, not below n: n is subtracted only on a carry out of R, which keeps every next product below R².
//!
//! Two ways lead to s^e mod n:
//!
//! * **General** ([`power_vartime`]): needs nothing but the modulus. s enters the Montgomery domain as s·R mod n
//!   ([`enter`]), is squared and multiplied along the bits of e, and the last multiplication, e being odd, is by the
//!   plain s, which leaves the domain again. A static key in flash and every 32-bit target use it.
//! * **Chain** ([`Chain`]): for e = 2^j + 1 (3, 17, 257, 65537) and two constants per key. s never enters the domain,
//!   and the expected message is moved to where the chain ends instead.
//!
//! Run time depends on the values throughout. All of them are public: modulus, exponent, signature and digest.

#[cfg(any(test, all(feature = "cortex-m0", target_arch = "arm", not(target_has_atomic = "32"))))]
pub(super) mod by_columns;
mod enter;
pub(super) mod kernel;

use self::enter::enter;
use self::kernel::{Blocks, add_product, is_below, multiply_upper_half, reduce, square, subtract};
use super::limb::{Limb, read_be};
use crate::limits::MAX_EXPONENT;
use crate::rs256::emsa;

pub(crate) use self::kernel::{Block, Columns, write_be};

/// A modulus as the algorithms read it.
#[derive(Clone, Copy)]
pub(crate) struct Modulus<'k, L> {
    // INVARIANT: odd; its highest set bit is bit number `bits` - 1; at least 2048 bits.
    pub(crate) blocks: &'k [Block<L>],
    /// -1/n modulo B.
    pub(crate) n0: L,
    pub(crate) bits: u32,
}

impl<L: Limb> Modulus<'_, L> {
    /// Octets of the modulus, k in RFC 8017.
    pub(crate) fn octets(&self) -> usize {
        usize::try_from(self.bits.div_ceil(8)).unwrap_or(0)
    }
}

/// Where the arithmetic happens: `x` is as long as the modulus, `t` twice as long.
pub(crate) struct Scratch<'s, L> {
    pub(crate) x: &'s mut [Block<L>],
    pub(crate) t: &'s mut [Block<L>],
}

/// x = redc(t).
// BOUND: t < R² gives redc(t) < R + n, so one subtraction is enough.
fn reduce_into<L: Limb>(x: &mut [Block<L>], t: &mut [Block<L>], n: &Modulus<'_, L>) {
    let carry = reduce(t, n.blocks, n.n0);
    let (_, upper) = t.split_at(x.len().min(t.len()));
    for (x, &upper) in x.iter_mut().zip(upper) {
        *x = upper;
    }
    if carry != L::ZERO {
        subtract(x, n.blocks);
    }
}

/// x = redc(x²). Not inlined: with the registers to itself it is measurably faster.
#[inline(never)]
fn square_once<L: Limb>(x: &mut [Block<L>], t: &mut [Block<L>], n: &Modulus<'_, L>) {
    square(t, x);
    reduce_into(x, t, n);
}

/// x = redc(x·s).
fn multiply_by<L: Limb>(x: &mut [Block<L>], t: &mut [Block<L>], s: &[u8], n: &Modulus<'_, L>) {
    let (_, upper) = t.split_at_mut(x.len().min(t.len()));
    read_be(upper.as_flattened_mut(), s);
    // BOUND: x < R and s < n, so the product is below R².
    multiply_upper_half(t, x);
    reduce_into(x, t, n);
}

/// Reads s and reports whether it is below n.
fn load<L: Limb>(x: &mut [Block<L>], s: &[u8], n: &Modulus<'_, L>) -> bool {
    read_be(x.as_flattened_mut(), s);
    is_below(x, n.blocks)
}

const EXPONENT_BITS: u32 = u64::BITS - MAX_EXPONENT.leading_zeros();

/// `x = s^e mod n`, completely reduced; false, and nothing in x, when s is not below n. e is odd and at least 3.
pub(crate) fn power_vartime<L: Limb>(
    n: &Modulus<'_, L>,
    e: u64,
    signature: &[u8],
    Scratch { x, t }: &mut Scratch<'_, L>,
) -> bool {
    if !load(x, signature, n) {
        return false;
    }
    // Below the highest bit of e, which is the s that is already there.
    let mut is_below_highest = false;
    let mut entered = false;
    // BOUND: e <= MAX_EXPONENT < 2^EXPONENT_BITS
    let mut bits = e << (u64::BITS - EXPONENT_BITS);
    for _ in 0..EXPONENT_BITS {
        let bit = bits >> (u64::BITS - 1) == 1;
        bits <<= 1;
        if !is_below_highest {
            is_below_highest = bit;
            continue;
        }
        if !entered {
            enter(x, n, t);
        }
        square_once(x, t, n);
        // redc(y·R·s) = y·s is outside the domain. That is the answer at the lowest bit of e; after a bit in between
        // (there is none in 3, 17, 257 and 65537) it enters again, which spares a copy of s·R.
        entered = !bit;
        if bit {
            multiply_by(x, t, signature, n);
            // BOUND: x < R and s < n give redc(x·s) < (R·n + R·n)/R = 2n.
            if !is_below(x, n.blocks) {
                subtract(x, n.blocks);
            }
        }
    }
    true
}

/// Whether s^e mod n is the encoded message of `digest`.
pub(crate) fn verify_vartime<L: Limb>(
    n: &Modulus<'_, L>,
    e: u64,
    signature: &[u8],
    digest: &[u8; 32],
    Scratch { x, t }: &mut Scratch<'_, L>,
) -> bool {
    if !power_vartime(n, e, signature, &mut Scratch { x, t }) {
        return false;
    }
    let Some(em) = t.get_mut(..x.len()) else { return false };
    emsa::encode(em.as_flattened_mut(), digest, n.octets());
    em.as_flattened()
        .iter()
        .zip(x.as_flattened())
        .all(|(expected, limb)| expected == limb)
}

/// The constants that let e = 2^j + 1 do without the Montgomery domain.
///
/// j squarings with redc take s to s^(2^j)·D with D = R^-(2^j - 1) mod n. One more multiplication by s gives m·D for
/// m = s^e mod n, and m is to be the encoded message EM = P + H, H being the digest and P everything else. So
///
/// ```text
///     T = s^(2^j)·D·s + H·(n - D) + (n - P·D mod n)  ≡  (m - EM)·D   (mod n)
/// ```
///
/// is a multiple of n exactly when m ≡ EM, because D, a power of two, has an inverse modulo the odd n; and redc(T) is a
/// multiple of n exactly when T is.
// BOUND: m ≡ EM is m = EM: m < n by definition, and EM < n because EM starts with a zero octet while the first of
// the k octets of n is not zero.
#[derive(Clone, Copy)]
pub(crate) struct Chain<'k, L> {
    /// n - D.
    pub(crate) neg_d: &'k [Block<L>],
    /// n - (P·D mod n).
    pub(crate) neg_pd: &'k [Block<L>],
}

/// The j of an exponent 2^j + 1.
pub(crate) fn chain_squarings(e: u64) -> Option<u32> {
    let power = e.checked_sub(1)?;
    power.is_power_of_two().then(|| power.trailing_zeros())
}

/// Makes the constants of a [`Chain`]; `neg_d` and `neg_pd` are as long as the modulus.
pub(crate) fn prepare_chain<L: Limb>(
    n: &Modulus<'_, L>,
    squarings: u32,
    neg_d: &mut [Block<L>],
    neg_pd: &mut [Block<L>],
    Scratch { x, t }: &mut Scratch<'_, L>,
) {
    // D is where the chain takes s = 1.
    load(x, &[1], n);
    for _ in 0..squarings {
        square_once(x, t, n);
    }
    // BOUND: each squaring takes x to below x²/R + n. If n <= R/4, x < 2n stays so, from 1 on: 4n²/R + n <= 2n. If not,
    // x < R < 4n.
    chain_constants(n, neg_d, neg_pd, &mut Scratch { x, t });
}

/// Makes the constants of a [`Chain`], for any R, from the D that is in `x`, which is below 4n.
pub(crate) fn chain_constants<L: Limb>(
    n: &Modulus<'_, L>,
    neg_d: &mut [Block<L>],
    neg_pd: &mut [Block<L>],
    Scratch { x, t }: &mut Scratch<'_, L>,
) {
    // BOUND: from below 4n three subtractions reach below n.
    for _ in 0..3 {
        if !is_below(x, n.blocks) {
            subtract(x, n.blocks);
        }
    }
    negate(neg_d, x, n);
    // P·D = redc((D·R mod n)·P).
    enter(x, n, t);
    emsa::encode(neg_pd.as_flattened_mut(), &[0; 32], n.octets());
    t.fill([L::ZERO; 4]);
    add_product(t, neg_pd.iter().copied(), x);
    reduce_into(x, t, n);
    // BOUND: both factors are below n, so the reduced product is below 2n.
    if !is_below(x, n.blocks) {
        subtract(x, n.blocks);
    }
    negate(neg_pd, x, n);
}

/// `out = n - x` for x below n.
fn negate<L: Limb>(out: &mut [Block<L>], x: &[Block<L>], n: &Modulus<'_, L>) {
    for (out, &n) in out.iter_mut().zip(n.blocks) {
        *out = n;
    }
    subtract(out, x);
}

/// Whether s^(2^j + 1) mod n is the encoded message of `digest`, by the constants of `chain`.
pub(crate) fn verify_by_chain_vartime<L: Limb>(
    n: &Modulus<'_, L>,
    squarings: u32,
    chain: Chain<'_, L>,
    signature: &[u8],
    digest: &[u8; 32],
    Scratch { x, t }: &mut Scratch<'_, L>,
) -> bool {
    let blocks = n.blocks.len();
    if !load(x, signature, n) {
        return false;
    }
    for _ in 0..squarings {
        square_once(x, t, n);
    }
    t.fill([L::ZERO; 4]);
    for (t, &constant) in t.iter_mut().zip(chain.neg_pd) {
        *t = constant;
    }
    // BOUND: (n - PD) + H·(n - D) <= n + (2^256 - 1)(n - 1) < 2^256·n, which leaves no carry.
    let digest_blocks = size_of::<[u8; 32]>() / size_of::<Block<L>>();
    add_product(t, Blocks::new(digest, digest_blocks), chain.neg_d);
    // BOUND: T < R·n + 2^256·n may be above R².
    let over = add_product(t, Blocks::new(signature, blocks), x);
    let carry = reduce(t, n.blocks, n.n0);
    let (_, upper) = t.split_at_mut(blocks.min(t.len()));

    // BOUND: redc(T) < (R·n + 2^256·n + R·n)/R < 3n, and T > 0 because n - PD > 0: of the multiples of n only n and 2n
    // can come out.
    is_n_or_2n(upper, [over != L::ZERO, carry != L::ZERO], n.blocks)
}

/// Whether x, and R more for each of the carries, is n or 2n. Leaves something else in x.
fn is_n_or_2n<L: Limb>(x: &mut [Block<L>], carries: [bool; 2], n: &[Block<L>]) -> bool {
    // BOUND: 2n < 2R, so with two carries it is neither.
    if carries == [true, true] {
        return false;
    }
    let borrow = subtract(x, n);
    // What is left, the number less n, is below R and not negative only if carry and borrow agree; it has to be 0 or n.
    carries.contains(&true) == borrow && (x == n || x.as_flattened().iter().all(|&limb| limb == L::ZERO))
}

#[cfg(test)]
pub(super) mod tests;
